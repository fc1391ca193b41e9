// The parts of the page of one order: money, details, timeline, reports, log.
import type { Payment } from "../api.ts";
import type { Acting } from "../acts/use.ts";
import { day, dayOf, time } from "../format.ts";
import { known, t } from "../i18n/index.ts";
import { hrefOf } from "../router.ts";
import { can } from "../session.ts";
import { timeline } from "../timeline.ts";
import { Copy, Facts, Link, Money, Time } from "../ui/basics.tsx";
import { Table } from "../ui/table.tsx";

export function MoneySummary({ p }: { p: Payment }) {
  const settled = p.settlement ?? [];
  const sum = (of: "amount" | "fee" | "net" | "discount") => settled.reduce((all, s) => all + (s[of] ?? 0), 0);
  const pending = (p.refunds ?? []).filter((r) => ["PROCESSING", "IN_REVIEW"].includes(r.status)).reduce((all, r) => all + r.amount, 0);
  const some = (amount: number | undefined) => (amount ? <Money amount={amount} /> : null);
  return (
    <section class="panel" aria-labelledby="money">
      <h2 id="money">{t("order.money")}</h2>
      <Facts rows={[
        [t("order.asked"), <Money amount={p.order.amount} />],
        [p.authorization ? t("order.reserved", { time: time(p.authorization.expires_at) }) : "", p.authorization && p.captured === undefined && !released(p) ? <Money amount={p.authorization.amount} /> : null],
        [t("order.taken"), p.captured === undefined ? "–" : <strong><Money amount={p.captured} /></strong>],
        [t("order.refunded"), some(p.refunded)],
        [t("order.reserved_refunds"), some(pending)],
        [t("order.refunded_elsewhere"), some(p.refunded_elsewhere)],
        [t("order.charged_back"), some(p.charged_back)],
        [t("order.unaccounted"), some(p.unaccounted)],
        [t("order.refundable"), p.refundable === undefined ? null : <strong><Money amount={p.refundable} /></strong>],
        [t("order.settled"), p.captured === undefined ? null : settled.length ? <Money amount={sum("amount")} /> : t("order.not_settled")],
        [t("order.fee"), settled.length ? <Money amount={sum("fee")} /> : null],
        [t("order.discount"), settled.length ? some(sum("discount")) : null],
        [t("order.net"), settled.length ? <><Money amount={sum("net")} /> <span class="muted">{settled.map((s, i) => <>{i > 0 && ", "}<PaidOut s={s} /></>)}</span></> : null],
      ]} />
    </section>
  );
}

/** released reports whether a reservation has ended without a capture. */
const released = (p: Payment) => p.status === "VOIDED" || p.status === "AUTHORIZATION_EXPIRED";

/** PaidOut is the day of a pay-out, and leads to its settlement report. */
const PaidOut = ({ s }: { s: { batch: string; paid_out: string } }) =>
  can("settlements:read") ? <Link href={hrefOf(`/settlements/${encodeURIComponent(s.batch)}`)}>{day(s.paid_out)}</Link> : <>{day(s.paid_out)}</>;

export function Details({ p }: { p: Payment }) {
  return (
    <section class="panel" aria-labelledby="details">
      <h2 id="details">{t("order.details")}</h2>
      <Facts rows={[
        [t("order.created"), <Time at={p.created_at} />],
        [t("order.card"), p.card && <>{p.card.masked}<br /><span class="muted">{[p.card.brand, p.card.issuer, p.card.type].filter(Boolean).join(" · ")}</span></>],
        [t("order.approval"), p.paid?.approval_code],
        [t("order.type"), p.type && (known(`type.${p.type}`) ?? p.type)],
        [t("order.installment"), p.installment && t("order.months", { bank: p.installment.acquirer, tenor: p.installment.tenor })],
        [t("order.page_ends"), p.page && <Time at={p.page.expires_at} />],
        [t("order.closed"), p.closed && <Time at={p.closed.at} />],
      ]} />
      {p.metadata && (
        <>
          <h3>{t("order.metadata")}</h3>
          <Facts rows={Object.entries(p.metadata).map(([name, value]) => [name, <>{value} <Copy text={value} what={name} /></>])} />
        </>
      )}
    </section>
  );
}

export function Timeline({ p }: { p: Payment }) {
  return (
    <section class="panel side" aria-labelledby="timeline">
      <h2 id="timeline">{t("order.timeline")}</h2>
      <ol class="timeline">
        {timeline(p).map((entry, i) => (
          <li key={i} class={entry.tone}>
            <div>{entry.at.length === 10 ? <time dateTime={entry.at} class="muted">{day(entry.at)}</time> : <span class="muted"><Time at={entry.at} /></span>}</div>
            <p>{entry.text}{entry.by && <span class="muted"> {t("order.by", { name: entry.by })}</span>}</p>
            {entry.quote && <p class="quote" lang="en">{entry.quote}</p>}
            {entry.note && <blockquote>{entry.note}</blockquote>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Reports lists the movements that DOKU, settlement reports and people reported. A wrong one can be withdrawn. */
export function Reports({ p, acting }: { p: Payment; acting: Acting }) {
  const all = p.elsewhere ?? [];
  if (all.length === 0) return null;
  const whole = (m: (typeof all)[number]) => m.kind === "total" || m.kind === "rest";
  const columns = [
    { head: t("order.report_kind"), main: true, cell: (m: (typeof all)[number]) => known(`movement.${m.kind}`) ?? m.kind },
    { head: t("order.report_source"), cell: (m: (typeof all)[number]) => <>{known(`source.${m.source}`) ?? m.source}{m.reference && <> <code>{m.reference}</code></>}</> },
    { head: t("order.report_time"), cell: (m: (typeof all)[number]) => (m.source === "settlement" ? <>{day(dayOf(new Date(m.at)))}</> : <Time at={m.at} />) },
    { head: t("order.report_amount"), number: true, cell: (m: (typeof all)[number]) => <Money amount={m.amount} /> },
    {
      head: t("order.report_counts"),
      cell: (m: (typeof all)[number]) => (
        <span class="row">
          {t(m.withdrawn ? "order.counts_withdrawn" : m.counts ? "order.counts_yes" : whole(m) ? "order.counts_whole" : "order.counts_no")}
          {can("payments:resolve") && !m.withdrawn && (m.counts || whole(m)) && (
            <button type="button" class="small" onClick={() => acting.start({ route: "records", movement: m.id })}>{t("order.withdraw")}</button>
          )}
        </span>
      ),
    },
  ];
  return (
    <section class="panel" aria-labelledby="reports">
      <h2 id="reports">{t("order.reports")}</h2>
      <p class="muted">{t("order.reports_help")}</p>
      <Table caption={t("order.reports")} columns={columns} rows={all} id={(m) => m.id} />
    </section>
  );
}

export function Log({ p }: { p: Payment }) {
  const all = p.history ?? [];
  if (all.length === 0) return null;
  type Line = (typeof all)[number] & { n: number };
  return (
    <details>
      <summary>{t("order.history")}</summary>
      <Table<Line> caption={t("order.history")} rows={all.map((h, n) => ({ ...h, n }))} id={(h) => String(h.n)} columns={[
        { head: t("order.history_time"), cell: (h) => <Time at={h.at} seconds /> },
        { head: t("order.history_what"), cell: (h) => <code class="nowrap">{h.what}</code> },
        { head: t("order.history_of"), cell: (h) => <code>{h.of}</code> },
        { head: t("order.history_detail"), cell: (h) => h.detail && <code>{h.detail}</code> },
      ]} />
    </details>
  );
}
