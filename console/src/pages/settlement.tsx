// One settlement: its totals, and the rows that do not match the orders, each with what to do and the way to its order.
import { useEffect, useRef, useState } from "preact/hooks";
import { Settle, type Settling, keptAmong } from "../acts/settle.tsx";
import { type Case, type Payment, type SettlementDetail, getSettlement } from "../api.ts";
import { csv, download } from "../csv.ts";
import type { Failure } from "../failure.ts";
import { day, number } from "../format.ts";
import { useTitle } from "../hooks.ts";
import { known, t } from "../i18n/index.ts";
import { type Reading, useReading } from "../reading.ts";
import { hrefOf } from "../router.ts";
import { can } from "../session.ts";
import { Badge, Copy, Facts, Link, Loading, Money, Raw, Time } from "../ui/basics.tsx";
import { Banner, Failed } from "../ui/banner.tsx";
import { Table } from "../ui/table.tsx";
import { BackOffice, settles } from "./cases.tsx";
import { OrderLink } from "./orders.tsx";
import { Differences, differencesOf, total } from "./settlements.tsx";

type Difference = SettlementDetail["differences"][number];

export function SettlementPage({ id }: { id: string }) {
  const heading = useTitle(t("settlement", { id }));
  const batch = useSettlement(id);
  const s = batch.data;
  return (
    <>
      <p><Link href={hrefOf("/settlements")}>← {t("nav.settlements")}</Link></p>
      <h1 ref={heading} tabIndex={-1}>{s?.paid_out ? t("settlement.of", { day: day(s.paid_out) }) : t("settlement", { id })} {s?.state && <Badge status={s.state} />}</h1>
      {!s && batch.loading && <Loading />}
      {batch.failure?.kind === "not_found" ? <Banner tone="info" title={t("settlement.missing")} /> : <Failed failure={batch.failure} again={batch.again} />}
      {s && (
        <>
          <About s={s} />
          <Sums s={s} />
          <Rows s={s} />
          {s.cursor && <p>{batch.loading ? <Loading /> : <button type="button" onClick={batch.more}>{t("settlement.more")}</button>}</p>}
          <Raw data={s} />
        </>
      )}
    </>
  );
}

function About({ s }: { s: SettlementDetail }) {
  return (
    <section class="panel" aria-labelledby="about">
      <h2 id="about">{t("settlement.about")}</h2>
      <p class="batch"><span class="muted">{t("settlements.batch")}</span> <code>{s.batch_id}</code> <Copy text={s.batch_id} what={t("settlements.batch")} /></p>
      <Facts rows={[
        [t("settlements.read_at"), <Time at={s.started_at} />],
        [t("settlement.ended_at"), s.ended_at ? <Time at={s.ended_at} /> : t("settlement.not_ended", { applied: number(s.applied_rows), rows: number(s.rows) })],
        [t("settlements.paid_out"), s.paid_out && day(s.paid_out)],
        [t("settlements.rows"), number(s.rows)],
        [t("settlements.differences"), <Differences count={differencesOf(s)} />],
      ]} />
      <p class="help">{t("settlement.sha")} <code>{s.sha256}</code></p>
      {s.state === "applying" && <Banner tone="warn" title={t("settlement.died")} />}
    </section>
  );
}

function Sums({ s }: { s: SettlementDetail }) {
  type Line = { kind: string; count: number; amount: number | undefined; fee: number; discount: number; net: number };
  const lines: Line[] = Object.entries(s.sums).map(([kind, sum]) => ({ kind, ...sum }));
  const own = lines.filter((l) => l.kind !== "other");
  if (own.length > 1) {
    own.push({ kind: "total", count: own.reduce((all, l) => all + l.count, 0), amount: undefined, fee: total(s, "fee"), discount: total(s, "discount"), net: total(s, "net") });
  }
  const other = lines.filter((l) => l.kind === "other");
  return (
    <section class="panel" aria-labelledby="sums">
      <h2 id="sums">{t("settlement.sums")}</h2>
      <Table<Line> caption={t("settlement.sums")} rows={[...own, ...other]} id={(l) => l.kind} columns={[
        { head: t("settlement.kind"), main: true, cell: (l) => (l.kind === "total" ? <strong>{t("row.total")}</strong> : (known(`row.${l.kind}`) ?? l.kind)) },
        { head: t("settlements.rows"), number: true, cell: (l) => number(l.count) },
        { head: t("settlement.amount"), number: true, cell: (l) => <Money amount={l.amount} /> },
        { head: t("settlement.fee"), number: true, cell: (l) => <Money amount={l.fee} /> },
        { head: t("settlement.discount"), number: true, cell: (l) => <Money amount={l.discount} /> },
        { head: t("settlements.net"), number: true, cell: (l) => <Money amount={l.net} /> },
      ]} />
    </section>
  );
}

/** Rows shows the differences by kind, and which of them still wait at their order. */
function Rows({ s }: { s: SettlementDetail }) {
  return (
    <section aria-labelledby="differences">
      <div class="row between">
        <h2 id="differences">{t("settlements.differences")}</h2>
        {s.differences.length > 0 && <button type="button" onClick={() => save(s)}>{t("csv")}</button>}
      </div>
      {s.cursor && <p class="muted">{t("settlement.part", { shown: number(s.differences.length), count: number(differencesOf(s)) })}</p>}
      {s.differences.length > 0 ? <Kinds s={s} /> : <Banner tone="good" title={t("settlement.all_match")} />}
    </section>
  );
}

function Kinds({ s }: { s: SettlementDetail }) {
  const waiting = useReading({ attention: "settlement,elsewhere" }, 500);
  const [settling, setSettling] = useState<Settling>();
  useEffect(() => { // an act that a new sign-in interrupted goes on
    const payment = settling ? undefined : keptAmong(waiting.payments);
    if (payment) setSettling({ payment });
  }, [waiting.payments]);
  const payment = settling && (waiting.payments.find((p) => p.order.invoice_number === settling.payment.order.invoice_number) ?? settling.payment);
  return (
    <>
      <Failed failure={waiting.failure} again={waiting.goOn} />
      {payment && settling && (
        <Settle key={`${payment.order.invoice_number} ${JSON.stringify(settling.intent)}`} payment={payment} intent={settling.intent} changed={waiting.replace}
          ended={() => setSettling((now) => (now === settling ? undefined : now))} />
      )}
      {[...new Set(s.differences.map((d) => d.kind))].map((kind) => <Kind key={kind} kind={kind} s={s} waiting={waiting} settle={setSettling} />)}
    </>
  );
}

function Kind({ kind, s, waiting, settle }: { kind: string; s: SettlementDetail; waiting: Reading; settle: (s: Settling) => void }) {
  const rows = s.differences.filter((d) => d.kind === kind);
  const id = `difference-${kind}`;
  return (
    <section class="panel" aria-labelledby={id} data-kind={kind}>
      <h3 id={id}>{known(`difference.${kind}`) ?? kind} <span class="badge plain">{number(rows.length)}</span></h3>
      <dl class="guide">
        {known(`difference.${kind}.means`) && <div><dt>{t("settlement.means")}</dt><dd>{known(`difference.${kind}.means`)}</dd></div>}
        <div><dt>{t("attention.do")}</dt><dd>{known(`difference.${kind}.do`) ?? <span lang="en">{rows[0]?.do}</span>}</dd></div>
      </dl>
      <p class="row"><BackOffice /></p>
      <Table<Difference> caption={known(`difference.${kind}`) ?? kind} rows={rows} id={(d) => `${d.line}`} columns={[
        { head: t("settlement.order"), main: true, cell: (d) => (d.invoice_number ? <OrderLink invoice={d.invoice_number} /> : t("settlement.no_number")) },
        { head: t("settlement.line"), number: true, cell: (d) => number(d.line) },
        { head: t("settlement.ours"), number: true, cell: (d) => <Money amount={d.ours} /> },
        { head: t("settlement.theirs"), number: true, cell: (d) => <Money amount={d.theirs} /> },
        { head: t("settlement.note"), cell: (d) => <span class="detail" lang="en">{d.note}</span> },
        { head: t("settlement.state"), cell: (d) => <State d={d} batch={s.id} waiting={waiting} settle={settle} /> },
      ]} />
    </section>
  );
}

/** openCase returns the open case of a row. A case about a refund or chargeback names its movement, and not the row. */
export function openCase(payments: Payment[], batch: string, d: { invoice_number: string; row: number; kind: string }): { payment: Payment; c: Case } | undefined {
  const payment = payments.find((p) => p.order.invoice_number === d.invoice_number);
  const moved = ["refund_not_ours", "charged_back"].includes(d.kind);
  const c = payment?.attention?.find((one) => (one.kind === "settlement" && one.subject === `${batch}:${d.row}`) || (moved && one.kind === "elsewhere"));
  return payment && c && { payment, c };
}

/** State says whether a row still waits for a person at its order, and offers the act. */
function State({ d, batch, waiting, settle }: { d: Difference; batch: string; waiting: Reading; settle: (s: Settling) => void }) {
  if (!d.invoice_number) return <>{t("settlement.no_order")}</>;
  const open = openCase(waiting.payments, batch, d);
  if (!open) return waiting.running ? <>…</> : waiting.complete ? <>{t("settlement.no_case")}</> : <>{t("settlement.case_unknown")}</>;
  const { intent, label } = settles(open.payment, open.c);
  return (
    <span class="row">
      <span class="badge warn">! {t("settlement.waits")}</span>
      {can("payments:resolve") && (
        <button type="button" class="small" onClick={() => settle({ payment: open.payment, intent })}>{label}<span class="hidden">: {d.invoice_number}</span></button>
      )}
    </span>
  );
}

function save(s: SettlementDetail): void {
  const heads = ["kind", "line", "row", "invoice_number", "ours", "theirs", "note", "do"];
  download(`differences-${s.id}.csv`, csv([heads, ...s.differences.map((d) => [d.kind, d.line, d.row, d.invoice_number, d.ours, d.theirs, d.note, d.do])]));
}

interface Known { data?: SettlementDetail; failure?: Failure; loading: boolean }

/** useSettlement reads a settlement, its further differences when they are asked for, and again while kasir reads the report. */
function useSettlement(id: string) {
  const [state, setState] = useState<Known>({ loading: true });
  const [round, setRound] = useState(0);
  const ended = useRef(new AbortController());
  const read = async (before: Known) => {
    const { signal } = (ended.current = new AbortController());
    const cursor = before.data?.cursor;
    const answer = await getSettlement(id, cursor ? { cursor } : {}, signal).catch(() => undefined);
    if (!answer || signal.aborted) return;
    if (!answer.ok) return setState({ ...before, loading: false, failure: answer.failure });
    setState({ loading: false, data: { ...answer.data, differences: [...(cursor ? before.data!.differences : []), ...answer.data.differences] } });
  };
  useEffect(() => {
    void read({ loading: true });
    return () => ended.current.abort();
  }, [round]);
  useEffect(() => {
    if (state.data?.state !== "applying" || state.data.cursor) return;
    const timer = setTimeout(() => setRound((n) => n + 1), 5000);
    return () => clearTimeout(timer);
  }, [state]);
  const more = () => {
    const next = { ...state, loading: true, failure: undefined };
    setState(next);
    void read(next);
  };
  return { ...state, more, again: () => (state.data?.cursor ? more() : setRound((n) => n + 1)) };
}
