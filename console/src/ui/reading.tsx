// How far a list of orders was read, and the buttons that stop it and go on.
import { number, time } from "../format.ts";
import { type Key, t } from "../i18n/index.ts";
import type { Reading } from "../reading.ts";
import { Banner, Failed } from "./banner.tsx";
import { Time } from "./basics.tsx";

/** Progress says how many orders were read. The counts are not read out one by one: only the end is. */
export function Progress({ reading: r, all, part, orders = r.payments.length }: { reading: Reading; all: Key; part: Key; orders?: number }) {
  const count = number(orders);
  const oldest = r.payments.at(-1)?.created_at;
  return (
    <>
      {r.since && <Banner tone="warn" title={t("orders.complete_since", { time: time(r.since) })} />}
      {r.unreadable.map((invoice) => <Banner key={invoice} tone="warn" title={t("orders.unreadable", { invoice })} />)}
      <div class="row between reading">
        <p class="muted">
          {r.running ? <span class="loading">{t("reading.running", { count })}</span> : (
            <span role="status">{t(r.complete ? all : part, { count })}{!r.complete && oldest && <> {t("reading.back_to")} <Time at={oldest} />.</>}</span>
          )}
          {r.complete && <> {t("reading.as_of")} <Time at={r.begun} />.</>}
        </p>
        <span class="row">
          {r.running && <button type="button" class="small" onClick={r.stop}>{t("reading.stop")}</button>}
          {!r.running && !r.complete && !r.failure && <button type="button" class="small primary" onClick={r.goOn}>{t("reading.go_on")}</button>}
          {!r.running && <button type="button" class="small" onClick={r.again}>{t("reading.again")}</button>}
        </span>
      </div>
      <Failed failure={r.failure} again={r.goOn} label={t("reading.go_on")} />
    </>
  );
}
