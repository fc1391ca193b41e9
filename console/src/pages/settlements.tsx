// Settlements: the reports that were read, and the form that takes a new one.
import { useEffect, useRef, useState } from "preact/hooks";
import { type SettlementList, listSettlements } from "../api.ts";
import type { Failure } from "../failure.ts";
import { day, number } from "../format.ts";
import { useTitle } from "../hooks.ts";
import { t } from "../i18n/index.ts";
import { hrefOf } from "../router.ts";
import { can, rolesWith } from "../session.ts";
import { Badge, Link, Loading, Money, Raw, Time } from "../ui/basics.tsx";
import { Banner, Failed } from "../ui/banner.tsx";
import { type Column, Table } from "../ui/table.tsx";
import type { Summary } from "../upload.ts";
import { UploadForm } from "./upload.tsx";

export const differencesOf = (s: Summary): number => Object.values(s.difference_counts).reduce((all, n) => all + n, 0);

/** total adds up what DOKU pays out for the rows of orders. Rows of other channels are not kasir's. */
export const total = (s: Summary, of: "fee" | "discount" | "net"): number =>
  Object.entries(s.sums).reduce((all, [kind, sum]) => (kind === "other" ? all : all + sum[of]), 0);

export const Differences = ({ count }: { count: number }) =>
  count === 0 ? <span class="badge good">✓ {t("settlements.none_differ")}</span> : <span class="badge warn">! {number(count)}</span>;

const columns = (): Column<Summary>[] => [
  { head: t("settlements.batch"), main: true, cell: (s) => <Link href={hrefOf(`/settlements/${encodeURIComponent(s.id)}`)}>{s.batch_id}</Link> },
  { head: t("settlements.read_at"), cell: (s) => <Time at={s.started_at} /> },
  { head: t("settlements.paid_out"), cell: (s) => (s.paid_out ? day(s.paid_out) : "–") },
  { head: t("settlements.rows"), number: true, cell: (s) => <>{s.state === "done" ? number(s.rows) : <>{number(s.applied_rows)}/{number(s.rows)} <Badge status={s.state ?? ""} /></>}</> },
  { head: t("settlements.net"), number: true, cell: (s) => <Money amount={total(s, "net")} /> },
  { head: t("settlements.differences"), cell: (s) => <Differences count={differencesOf(s)} /> },
];

export function SettlementsPage() {
  const heading = useTitle(t("nav.settlements"));
  const list = useSettlements();
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>{t("nav.settlements")}</h1>
      <p>{t("settlements.what")}</p>
      {can("settlements:write") ? <UploadForm read={list.reload} /> : <Banner tone="info" title={t("settlements.viewing", { roles: rolesWith("settlements:write") })} />}
      <Failed failure={list.failure} again={list.again} />
      {list.last && list.all.length === 0 && !list.cursor && <Banner tone="info" title={t("settlements.none")} />}
      {list.all.length > 0 && <Table caption={t("nav.settlements")} columns={columns()} rows={list.all} id={(s) => s.id} />}
      {list.loading && <Loading />}
      {list.cursor && !list.loading && <p><button type="button" onClick={list.more}>{t("settlements.more")}</button></p>}
      {list.last && <Raw data={list.last} />}
    </>
  );
}

interface State { all: Summary[]; cursor?: string; last?: SettlementList; failure?: Failure; loading: boolean }

/** useSettlements reads the newest settlements, and earlier ones when they are asked for. A page of the API may be empty and go on. */
function useSettlements() {
  const [state, setState] = useState<State>({ all: [], loading: true });
  const [round, setRound] = useState(0);
  const ended = useRef(new AbortController());
  const read = async (before: State) => {
    const { signal } = (ended.current = new AbortController());
    let { all, cursor } = before;
    for (let asked = 1; ; asked++) {
      const answer = await listSettlements(cursor ? { cursor } : {}, signal).catch(() => undefined);
      if (!answer || signal.aborted) return;
      if (!answer.ok) return setState({ ...before, loading: false, failure: answer.failure });
      const fresh = answer.data.settlements;
      all = [...all, ...fresh];
      cursor = answer.data.cursor;
      if (fresh.length > 0 || !cursor || asked === 10) return setState({ all, cursor, last: answer.data, loading: false });
    }
  };
  useEffect(() => {
    void read({ all: [], loading: true });
    return () => ended.current.abort();
  }, [round]);
  const more = () => {
    const next = { ...state, loading: true, failure: undefined };
    setState(next);
    void read(next);
  };
  const reload = () => setRound((n) => n + 1);
  return { ...state, more, reload, again: () => (state.cursor ? more() : reload()) };
}
