// Orders: search, filters, the list, and its CSV.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Payment, listPayments } from "../api.ts";
import { csv, download } from "../csv.ts";
import { heads, row } from "../export.ts";
import { type Failure, except } from "../failure.ts";
import { dayOf, number, time } from "../format.ts";
import { useTitle } from "../hooks.ts";
import { t } from "../i18n/index.ts";
import { hrefOf, useQuery } from "../router.ts";
import { type Filters, type Found, filterNames, find, pages } from "../search.ts";
import { Badge, Link, Loading, Money, Raw, Time } from "../ui/basics.tsx";
import { Banner, Failed, say } from "../ui/banner.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { SearchForm, shownFields } from "./orders-form.tsx";

const columns = (): Column<Payment>[] => [
  { head: t("orders.invoice"), main: true, cell: (p) => <OrderLink invoice={p.order.invoice_number} /> },
  {
    head: t("orders.status"),
    cell: (p) => (
      <>
        <Badge status={p.status} />
        {p.attention?.length ? (
          <>
            {" "}
            <span class="badge warn">! {t("orders.person")}</span>
          </>
        ) : null}
      </>
    ),
  },
  { head: t("orders.created"), cell: (p) => <Time at={p.created_at} /> },
  {
    head: t("orders.card"),
    cell: (p) =>
      p.card ? (
        <span title={p.card.issuer}>
          {p.card.brand} …{p.card.masked.slice(-4)}
        </span>
      ) : (
        "–"
      ),
  },
  { head: t("orders.amount"), number: true, cell: (p) => <Money amount={p.order.amount} /> },
  { head: t("orders.back"), number: true, cell: (p) => <Money amount={wentBack(p) || undefined} /> },
];

const wentBack = (p: Payment) => (p.refunded ?? 0) + (p.refunded_elsewhere ?? 0) + (p.charged_back ?? 0);

export const OrderLink = ({ invoice }: { invoice: string }) => (
  <Link href={hrefOf(`/orders/${encodeURIComponent(invoice)}`)}>{invoice}</Link>
);

let last = new URLSearchParams();
/** hrefOfSearch returns the address of the last search, to which the page of an order leads back. */
export const hrefOfSearch = (): string => hrefOf("/orders", last);

export function OrdersPage() {
  const heading = useTitle(t("nav.orders"));
  const [query, change] = useQuery();
  last = query;
  const filters: Filters = Object.fromEntries(filterNames.map((name) => [name, query.get(name) ?? ""]));
  const list = useOrders(filters);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {t("nav.orders")}
      </h1>
      <SearchForm
        filters={filters}
        search={(next) => {
          change(next);
          list.reload(next);
        }}
        failure={list.failure}
      />
      <Failed failure={except(list.failure, shownFields)} again={list.again} />
      {list.found && <List found={list.found} filters={filters} more={list.more} loading={list.loading} change={change} />}
      {list.loading && <Loading />}
    </>
  );
}

/** useOrders finds the orders of the filters, and more of them by and by. */
function useOrders(filters: Filters) {
  const key = JSON.stringify(filters);
  const [state, setState] = useState<{ key: string; found?: Found; failure?: Failure; loading: boolean }>({
    key: "",
    loading: true,
  });
  const [round, setRound] = useState(0);
  const ended = useRef(new AbortController());
  const ask = (q: Record<string, string>) => listPayments(q, ended.current.signal);
  useEffect(() => {
    const mine = (ended.current = new AbortController());
    setState({ key, loading: true });
    find(filters, ask).then(
      (result) => {
        if (mine.signal.aborted) return;
        setState(result.ok ? { key, found: result.found, loading: false } : { key, failure: result.failure, loading: false });
        if (result.ok) say(t("orders.said", { count: result.found.payments.length }));
      },
      () => {},
    );
    return () => mine.abort();
  }, [key, round]);
  const more = () => {
    if (!state.found?.cursor || state.loading) return;
    const before = state.found;
    const mine = ended.current;
    setState({ ...state, failure: undefined, loading: true });
    pages(before.query, ask, 1, before.cursor).then(
      (result) => {
        if (mine.signal.aborted) return;
        if (!result.ok) return setState({ key, found: before, failure: result.failure, loading: false });
        setState({ key, found: { ...result.found, payments: [...before.payments, ...result.found.payments] }, loading: false });
        say(t("orders.said", { count: before.payments.length + result.found.payments.length }));
      },
      () => {},
    );
  };
  const reload = (next: Filters) => JSON.stringify({ ...filters, ...next }) === key && setRound((n) => n + 1);
  return { ...state, more, reload, again: () => (state.found?.cursor ? more() : setRound((n) => n + 1)) };
}

function List({
  found,
  filters,
  more,
  loading,
  change,
}: {
  found: Found;
  filters: Filters;
  more: () => void;
  loading: boolean;
  change: (changes: Record<string, string>) => void;
}) {
  const { payments, cursor, list } = found;
  const oldest = payments.at(-1)?.created_at;
  return (
    <>
      {list.complete_since && <Banner tone="warn" title={t("orders.complete_since", { time: time(list.complete_since) })} />}
      {payments.length === 0 && (!cursor || filters.q) && <Nothing found={found} filters={filters} change={change} />}
      {payments.length > 0 && (
        <>
          <div class="row between">
            <p class="muted">{t(cursor ? "orders.shown_more" : "orders.shown", { count: number(payments.length) })}</p>
            <Csv query={found.query} />
          </div>
          <Table caption={t("nav.orders")} columns={columns()} rows={payments} id={(p) => p.order.invoice_number} />
        </>
      )}
      {list.unreadable?.map((u) => (
        <Banner key={u.invoice_number} tone="warn" title={t("orders.unreadable", { invoice: u.invoice_number })} />
      ))}
      {payments.length === 0 && cursor && !filters.q && <p>{t("orders.none_so_far")}</p>}
      {cursor && !loading && (
        <p>
          <button type="button" onClick={more}>
            {t("orders.more")}
          </button>
          {oldest && <span class="muted"> {t("orders.until", { time: time(oldest) })}</span>}
        </p>
      )}
      <Raw data={list} />
    </>
  );
}

/** Nothing says that there is no such order, where was looked, and what may have been meant. */
function Nothing({
  found,
  filters,
  change,
}: {
  found: Found;
  filters: Filters;
  change: (changes: Record<string, string>) => void;
}) {
  const typed = filters.q?.trim();
  const narrowed = [filters.status, filters.settled, filters.attention, filters.last4, filters.customer].some(Boolean);
  return (
    <Banner tone="info" title={typed ? t("orders.none_of", { number: typed }) : t("orders.none")}>
      {found.near.length > 0 && (
        <>
          <p>{t("orders.did_you_mean")}</p>
          <ul>
            {found.near.map(({ invoice, payment }) => (
              <li key={invoice}>
                <OrderLink invoice={invoice} />
                {payment && (
                  <>
                    {" "}
                    – <Money amount={payment.order.amount} />, <Time at={payment.created_at} />, <Badge status={payment.status} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {typed && <p class="muted">{t("orders.examined", { count: number(found.examined) })}</p>}
      {typed && /^\d{4}$/.test(typed) && (
        <p>
          <button type="button" onClick={() => change({ q: "", last4: typed })}>
            {t("orders.as_last4", { digits: typed })}
          </button>
        </p>
      )}
      {narrowed && (
        <p>
          <button type="button" onClick={() => change({ status: "", settled: "", attention: "", last4: "", customer: "" })}>
            {t("orders.without_filters")}
          </button>
        </p>
      )}
    </Banner>
  );
}

/** Csv reads every page of the list and offers them as a file. It can be stopped, and goes on after a failure where it was. */
function Csv({ query }: { query: Record<string, string> }) {
  const [state, setState] = useState<{ rows: Payment[]; cursor?: string; running: boolean; failure?: Failure }>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (rows: Payment[], cursor?: string) => {
    const mine = (stop.current = new AbortController());
    do {
      setState({ rows, cursor, running: true });
      const answer = await listPayments({ ...query, limit: "100", ...(cursor && { cursor }) }, mine.signal);
      if (!answer.ok) return setState({ rows, cursor, running: false, failure: answer.failure });
      rows = [...rows, ...answer.data.payments];
      cursor = answer.data.cursor;
    } while (cursor);
    download(`orders-${[query.from, query.to].filter(Boolean).join("-to-") || dayOf(new Date())}.csv`, csv([heads, ...rows.map(row)]));
    setState(undefined);
    say(t("csv.done", { count: rows.length }));
  };
  const start = (rows: Payment[], cursor?: string) => void run(rows, cursor).catch(() => setState(undefined));
  if (!state)
    return (
      <button type="button" onClick={() => start([])}>
        {t("csv")}
      </button>
    );
  if (state.failure)
    return <Failed failure={state.failure} again={() => start(state.rows, state.cursor)} label={t("csv.go_on")} />;
  return (
    <span class="row">
      <span role="status">{t("csv.running", { count: number(state.rows.length) })}</span>
      <button type="button" class="small" onClick={() => stop.current?.abort()}>
        {t("cancel")}
      </button>
    </span>
  );
}
