// One order: its state in words, and the acts on it.
import { useEffect, useState } from "preact/hooks";
import { ActButtons, ActDialogs, canRefund, held } from "../acts/index.tsx";
import { limitLeft } from "../acts/refund.tsx";
import { type Acting, useAct } from "../acts/use.ts";
import { type Payment, getPayment, refresh } from "../api.ts";
import type { Failure } from "../failure.ts";
import { money } from "../format.ts";
import { useLoad, useNow, useTitle } from "../hooks.ts";
import { t } from "../i18n/index.ts";
import { hrefOf } from "../router.ts";
import { who } from "../session.ts";
import { Badge, Copy, Link, Loading, Raw } from "../ui/basics.tsx";
import { Banner, Failed, say } from "../ui/banner.tsx";
import { Cases } from "./cases.tsx";
import { hrefOfSearch } from "./orders.tsx";
import { Details, Log, MoneySummary, Reports, Timeline } from "./order-parts.tsx";

export function OrderPage({ id }: { id: string }) {
  const heading = useTitle(t("order", { invoice: id }));
  const loaded = useLoad(id, (signal) => getPayment(id, signal));
  const { data: p, failure } = loaded;
  const acting = useAct(p, id, (payment) => (payment ? loaded.set(payment) : loaded.reload()));
  usePolling(p, acting, loaded.reload);
  return (
    <>
      <p>
        <Link href={hrefOfSearch()}>← {t("order.back")}</Link>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        {id} {p && <Badge status={p.status} />} <Copy text={id} what={id} />
      </h1>
      {!p && loaded.loading && <Loading />}
      {failure?.kind === "not_found" ? (
        <NoOrder id={id} />
      ) : (
        failure && (
          <>
            {p && <Banner tone="warn" title={t("order.stale")} />}
            <Failed failure={failure} again={loaded.reload} />
          </>
        )
      )}
      {p && <Order p={p} acting={acting} reload={loaded.reload} set={loaded.set} />}
    </>
  );
}

function Order({ p, acting, reload, set }: { p: Payment; acting: Acting; reload: () => void; set: (p: Payment) => void }) {
  return (
    <>
      <ActDialogs payment={p} acting={acting} />
      {held(p) && <Banner tone="warn" title={t("order.held")} />}
      <div class="row acts" role="group" aria-label={t("order.acts")}>
        <ActButtons payment={p} acting={acting} />
        <button type="button" onClick={reload}>
          {t("order.read")}
        </button>
        <Refresh p={p} set={set} />
      </div>
      {canRefund(p) && limitLeft(p) === 0 && (
        <p id="limit" class="muted">
          {t("order.limit", { limit: money(who().maxRefund) })}
        </p>
      )}
      <Cases payment={p} acting={acting} />
      <div class="columns">
        <MoneySummary p={p} />
        <Timeline p={p} />
        <Details p={p} />
      </div>
      <Reports p={p} acting={acting} />
      <Log p={p} />
      <Raw data={p} />
    </>
  );
}

const NoOrder = ({ id }: { id: string }) => (
  <Banner tone="info" title={t("order.none", { invoice: id })}>
    <p>
      {t("order.none_help")} <Link href={hrefOf("/orders", { q: id })}>{t("order.search")}</Link>
    </p>
  </Banner>
);

/** Refresh lets kasir ask DOKU. Too early is said with the seconds that are left. */
function Refresh({ p, set }: { p: Payment; set: (p: Payment) => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [said, setSaid] = useState("");
  const now = useNow(failure?.retryAt !== undefined);
  const wait = failure?.retryAt ? Math.max(0, Math.ceil((failure.retryAt - now) / 1000)) : 0;
  const ask = async () => {
    setBusy(true);
    setSaid("");
    const answer = await refresh(p.order.invoice_number);
    setBusy(false);
    setFailure(answer.ok ? undefined : answer.failure);
    if (!answer.ok) return;
    const same = essence(answer.data) === essence(p);
    set(answer.data);
    setSaid(t(same ? "refresh.same" : "refresh.changed"));
  };
  return (
    <>
      <button type="button" disabled={busy || wait > 0} onClick={() => void ask()}>
        {busy ? t("refresh.asking") : wait > 0 ? t("refresh.in", { seconds: wait }) : t("refresh")}
      </button>
      <span role="status" class="muted">
        {said}
      </span>
      {failure &&
        (failure.kind === "busy" ? (
          wait > 0 && (
            <span role="status" class="muted">
              {t("refresh.busy")}
            </span>
          )
        ) : (
          <div class="wide">
            <Failed failure={failure} />
          </div>
        ))}
    </>
  );
}

// The log of an order grows with each question to DOKU.
const essence = ({ history: _, ...rest }: Payment): string => JSON.stringify(rest);

/** usePolling reads the order again while an outcome is on its way: every 4 seconds at first, every 15 after two minutes. */
function usePolling(p: Payment | undefined, acting: Acting, reload: () => void) {
  const unsettled = p?.status === "CAPTURING" || p?.refunds?.some((r) => r.status === "PROCESSING") === true;
  const on = unsettled || ["waiting", "unsure"].includes(acting.attempt?.phase ?? "");
  const [was, setWas] = useState(false);
  useEffect(() => {
    if (was && !on) say(t("refresh.changed"));
    setWas(on);
    if (!on) return;
    const since = Date.now();
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      timer = setTimeout(
        () => {
          if (!document.hidden) reload();
          again();
        },
        Date.now() - since > 120_000 ? 15_000 : 4_000,
      );
    };
    again();
    return () => clearTimeout(timer);
  }, [on]);
}
