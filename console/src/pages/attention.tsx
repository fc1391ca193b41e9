// Attention: every open case by its kind, with what to do, where to look, and the act that ends it.
import { useEffect, useState } from "preact/hooks";
import { Settle, type Settling, keptAmong } from "../acts/settle.tsx";
import type { Case, Payment } from "../api.ts";
import { number } from "../format.ts";
import { guideTo, holding, kinds, nameOf, urgency } from "../guide.ts";
import { useTitle } from "../hooks.ts";
import { t } from "../i18n/index.ts";
import { useReading } from "../reading.ts";
import { useQuery } from "../router.ts";
import { can, rolesWith } from "../session.ts";
import { Loading, Money, Raw, Time } from "../ui/basics.tsx";
import { Banner } from "../ui/banner.tsx";
import { Select } from "../ui/field.tsx";
import { Progress } from "../ui/reading.tsx";
import { Table } from "../ui/table.tsx";
import { BackOffice, SettlementRow, settles } from "./cases.tsx";
import { OrderLink } from "./orders.tsx";

interface Line { payment: Payment; c: Case }

export function AttentionPage() {
  const heading = useTitle(t("nav.attention"));
  const [query, change] = useQuery();
  const kind = query.get("kind") ?? "";
  const reading = useReading({ attention: kind || "true" }, 300);
  const [settling, setSettling] = useState<Settling>();
  const groups = groupsOf(reading.payments, kind);
  useEffect(() => { // an act that a new sign-in interrupted goes on
    const payment = settling ? undefined : keptAmong(reading.payments);
    if (payment) setSettling({ payment });
  }, [reading.payments]);
  const payment = settling && (reading.payments.find((p) => p.order.invoice_number === settling.payment.order.invoice_number) ?? settling.payment);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>{t("nav.attention")}</h1>
      <p>{t("attention.what")}</p>
      {!can("payments:resolve") && <Banner tone="info" title={t("attention.viewing", { roles: rolesWith("payments:resolve") })} />}
      <div class="narrow">
        <Select label={t("attention.kind")} value={kind} set={(kind) => change({ kind })}
          choices={[["", t("attention.all")], ...[...kinds, ...(kind && !kinds.includes(kind) ? [kind] : [])].map((k) => [k, nameOf(k)] as [string, string])]} />
      </div>
      <Progress reading={reading} all="attention.read_all" part="attention.read_part"
        orders={reading.payments.filter((p) => p.attention?.length).length} />
      {payment && settling && (
        <Settle key={`${payment.order.invoice_number} ${JSON.stringify(settling.intent)}`} payment={payment} intent={settling.intent} changed={reading.replace}
          ended={() => setSettling((now) => (now === settling ? undefined : now))} />
      )}
      {!reading.last && reading.running && <Loading />}
      {reading.last && groups.length === 0 && !reading.running && (
        <Banner tone="info" title={t(!reading.complete ? "attention.none_so_far" : kind ? "attention.none_kind" : "attention.none")} />
      )}
      {groups.map(([kind, lines]) => <Group key={kind} kind={kind} lines={lines} settle={setSettling} />)}
      {reading.last && <Raw data={reading.last} />}
    </>
  );
}

/** groupsOf returns the open cases by kind. A filter by kind leaves out the other cases of the same orders. */
function groupsOf(payments: Payment[], only: string): [string, Line[]][] {
  const groups = new Map<string, Line[]>();
  for (const payment of payments) {
    for (const c of payment.attention ?? []) {
      if (only && !only.split(",").includes(c.kind)) continue;
      groups.set(c.kind, [...(groups.get(c.kind) ?? []), { payment, c }]);
    }
  }
  return [...groups].sort(([a], [b]) => urgency(a) - urgency(b));
}

function Group({ kind, lines, settle }: { kind: string; lines: Line[]; settle: (s: Settling) => void }) {
  const help = guideTo(kind);
  const first = lines[0]!.c; // of a kind that the console does not know, the API's own sentences are shown
  const id = `kind-${kind}`;
  const acts = can("payments:resolve");
  return (
    <section class="panel" aria-labelledby={id} data-kind={kind}>
      <h2 id={id}>{nameOf(kind)} <span class="badge plain">{number(lines.length)}</span>{holding.includes(kind) && <> <span class="badge warn">! {t("attention.holds")}</span></>}</h2>
      <dl class="guide">
        <div><dt>{t("attention.do")}</dt><dd>{help?.what ?? <span lang="en">{first.what_to_do}</span>}</dd></div>
        <div><dt>{t("attention.where")}</dt><dd>{help?.where ?? <span lang="en">{first.where}</span>}</dd></div>
        {help?.ends && <div><dt>{t("attention.ends")}</dt><dd>{help.ends}</dd></div>}
      </dl>
      <p class="row"><BackOffice /></p>
      <Table<Line> caption={nameOf(kind)} rows={lines} id={({ payment, c }) => `${payment.order.invoice_number} ${c.subject ?? ""}`} columns={[
        { head: t("attention.order"), main: true, cell: ({ payment }) => <OrderLink invoice={payment.order.invoice_number} /> },
        { head: t("attention.since"), cell: ({ c }) => <Time at={c.since} /> },
        { head: t("attention.amount"), number: true, cell: ({ payment }) => <Money amount={payment.order.amount} /> },
        { head: t("attention.detail"), cell: ({ payment, c }) => <Detail payment={payment} c={c} /> },
        ...(acts ? [{ head: t("attention.act"), cell: (line: Line) => <Act line={line} settle={settle} /> }] : []),
      ]} />
    </section>
  );
}

/** Detail is the API's sentence, and the Request-Id under which DOKU knows the request in question. */
function Detail({ payment, c }: Line) {
  const request = payment.review?.operations.find((o) => o.id === c.subject)?.request_id;
  return <span class="detail"><span lang="en">{c.detail}</span>{request && <> Request-Id <code>{request}</code></>} <SettlementRow c={c} /></span>;
}

function Act({ line: { payment, c }, settle }: { line: Line; settle: (s: Settling) => void }) {
  const { intent, label } = settles(payment, c);
  return (
    <button type="button" class="small" onClick={() => settle({ payment, intent })}>
      {label}<span class="hidden">: {payment.order.invoice_number}, {nameOf(c.kind)}</span>
    </button>
  );
}
