// Today, or other days: what the orders of these days came to, and what waits for a person.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { day, dayOf, money, number } from "../format.ts";
import { type Figures, type Slice, figures, keyOf } from "../figures.ts";
import { urgency } from "../guide.ts";
import { useTitle } from "../hooks.ts";
import { known, t } from "../i18n/index.ts";
import { type Reading, useReading } from "../reading.ts";
import { hrefOf, useQuery } from "../router.ts";
import { Link, Loading, Money, Raw } from "../ui/basics.tsx";
import { Failed } from "../ui/banner.tsx";
import { type Bar, Chart } from "../ui/chart.tsx";
import { Progress } from "../ui/reading.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Days, rangeOf } from "./days.tsx";

const most = 1000; // orders that are read before the person is asked

export function TodayPage() {
  const heading = useTitle(t("nav.today"));
  const [query, change] = useQuery();
  const today = dayOf(new Date());
  const range = rangeOf(query, today);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {range.from !== range.to ? t("today.range", { from: day(range.from), to: day(range.to) }) : range.to === today ? t("today.now", { day: day(today) }) : day(range.to)}
      </h1>
      <OpenCases />
      <Days range={range} today={today} change={change} />
      {range.wrong ? <p class="error" role="alert">{t(range.wrong)}</p> : <Report from={range.from} to={range.to} />}
    </>
  );
}

function Report({ from, to }: { from: string; to: string }) {
  const reading = useReading({ from, to }, most);
  const f = useMemo(() => figures(reading.payments, from, to), [reading.payments, from, to]);
  return (
    <>
      <Progress reading={reading} all="today.read_all" part="today.read_part" />
      {reading.last && (
        <>
          <Sums f={f} from={from} to={to} />
          <Course f={f} from={from} to={to} reading={reading} />
          <Declined f={f} from={from} to={to} />
          <p class="muted">{t("today.what")}</p>
          <Raw data={reading.last} />
        </>
      )}
    </>
  );
}

function Sums({ f, from, to }: { f: Figures; from: string; to: string }) {
  const list = (name: string, filters: Record<string, string>) => <Link href={hrefOf("/orders", { from, to, ...filters })}>{name}</Link>;
  return (
    <dl class="sums">
      <div class="panel"><dt>{list(t("today.taken"), { status: "PAID,PARTIALLY_REFUNDED,REFUNDED,VOIDED" })}</dt><dd><Money amount={f.taken} /></dd>
        <dd class="muted">{t("today.taken_of", { paid: number(f.paid), orders: number(f.orders) })}{f.reserved > 0 && <> {t("today.reserved", { amount: money(f.reserved) })}</>}</dd></div>
      <div class="panel"><dt>{list(t("today.refunded"), { status: "PARTIALLY_REFUNDED,REFUNDED,VOIDED" })}</dt><dd><Money amount={f.refunded} /></dd>
        <dd class="muted">{f.charged > 0 && <>{t("today.charged", { amount: money(f.charged) })} </>}{f.pending > 0 ? t("today.pending", { amount: money(f.pending) }) : f.charged > 0 ? null : t("today.refunded_of")}</dd></div>
      <div class="panel"><dt>{t("today.left")}</dt><dd><Money amount={f.taken - f.refunded - f.charged} /></dd><dd class="muted">{t("today.left_of")}</dd></div>
      <div class="panel"><dt>{list(t("today.declined"), { status: "FAILED" })}</dt><dd>{number(f.declined)}</dd>
        <dd class="muted">{t("today.declined_of", { orders: number(f.declinedOrders), paid: number(f.declinedPaid) })}</dd></div>
    </dl>
  );
}

/** Course shows the slices of the range as a chart and as a table. A slice that was not read yet is marked as such. */
function Course({ f, from, to, reading }: { f: Figures; from: string; to: string; reading: Reading }) {
  const hours = from === to;
  const oldest = reading.complete ? undefined : keyOf(reading.payments.at(-1)?.created_at ?? new Date().toISOString(), hours);
  const unread = (s: Slice) => oldest !== undefined && s.key < oldest; // the newest orders are read first
  const part = (s: Slice) => oldest === s.key;
  const name = (s: Slice) => (hours ? `${s.key}:00–${s.key}:59` : day(s.key));
  const shown = hours ? f.slices.filter((s) => s.orders > 0 || unread(s)) : f.slices;
  const bars: Bar[] = f.slices.map((s) => ({
    label: hours ? s.key : `${Number(s.key.slice(8))}/${Number(s.key.slice(5, 7))}`, name: name(s), up: s.taken, down: s.refunded + s.charged, unread: unread(s),
  }));
  const cell = (of: (s: Slice) => ComponentChildren) => (s: Slice) => (unread(s) ? "–" : s.orders > 0 ? of(s) : null);
  const columns: Column<Slice>[] = [
    { head: t(hours ? "today.hour" : "today.day"), main: true, cell: (s) => (
      <>{hours ? <span class="nowrap">{name(s)}</span> : <Link href={hrefOf("/orders", { from: s.key, to: s.key })}>{name(s)}</Link>}
        {unread(s) && <span class="muted"> {t("today.unread")}</span>}{part(s) && <span class="muted"> {t("today.in_part")}</span>}</>
    ) },
    { head: t("today.orders"), number: true, cell: (s) => (unread(s) ? "–" : number(s.orders)) },
    { head: t("today.taken"), number: true, cell: cell((s) => <Money amount={s.taken} />) },
    { head: t("today.back"), number: true, cell: cell((s) => <Money amount={s.refunded + s.charged} />) },
    { head: t("today.declined_short"), number: true, cell: cell((s) => number(s.declined)) },
  ];
  return (
    <section class="panel" aria-labelledby="course">
      <h2 id="course">{t(hours ? "today.by_hour" : "today.by_day")}</h2>
      <Chart title={t("today.chart")} up={t("today.taken")} down={t("today.back")} bars={bars} />
      {shown.length === 0 ? <p class="muted">{t("today.no_orders")}</p> : <Table caption={t("today.chart")} columns={columns} rows={[...shown].reverse()} id={(s) => s.key} />}
    </section>
  );
}

function Declined({ f, from, to }: { f: Figures; from: string; to: string }) {
  if (f.reasons.length === 0) return null;
  type Line = Figures["reasons"][number];
  const columns: Column<Line>[] = [
    { head: t("today.reason"), main: true, cell: (r) => <span lang="en">{r.code && <code>{r.code}</code>} {r.message || (r.code ? "" : t("today.no_reason"))}</span> },
    { head: t("today.attempts"), number: true, cell: (r) => number(r.attempts) },
    { head: t("today.orders"), number: true, cell: (r) => number(r.orders) },
    { head: t("today.paid_after"), number: true, cell: (r) => number(r.paid) },
  ];
  return (
    <section class="panel" aria-labelledby="reasons">
      <h2 id="reasons">{t("today.reasons")}</h2>
      <p class="muted">{t("today.reasons_help")} <Link href={hrefOf("/orders", { from, to, status: "FAILED" })}>{t("today.failed_orders")}</Link></p>
      <Table caption={t("today.reasons")} columns={columns} rows={f.reasons} id={(r) => JSON.stringify([r.code, r.message])} />
    </section>
  );
}

/** OpenCases counts what waits for a person, of all days. */
function OpenCases() {
  const reading = useReading({ attention: "true" }, 300);
  const kinds = new Map<string, number>();
  for (const p of reading.payments) for (const c of p.attention ?? []) kinds.set(c.kind, (kinds.get(c.kind) ?? 0) + 1);
  const count = number(reading.payments.length) + (reading.complete ? "" : "+");
  return (
    <section class={`panel ${kinds.size ? "cases" : ""}`} aria-labelledby="open">
      <h2 id="open">{t("today.open")}</h2>
      {!reading.last && reading.running && <Loading />}
      <Failed failure={reading.failure} again={reading.goOn} />
      {reading.complete && kinds.size === 0 && <p>{t("today.open_none")}</p>}
      {kinds.size > 0 && (
        <>
          <p><Link href={hrefOf("/attention")}>{t("today.open_orders", { count })}</Link></p>
          <ul class="row kinds">
            {[...kinds].sort(([a], [b]) => urgency(a) - urgency(b)).map(([kind, n]) => (
              <li key={kind}><Link class="chip" href={hrefOf("/attention", { kind })}>{known(`case.${kind}`) ?? kind} <strong>{number(n)}</strong></Link></li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
