// The acts on an order: their buttons and their dialogs.
import type { Payment } from "../api.ts";
import { known, t } from "../i18n/index.ts";
import { can } from "../session.ts";
import { Banner } from "../ui/banner.tsx";
import { type Attempt, type Intent, open } from "./attempt.ts";
import { capture, captureFields } from "./capture.tsx";
import { close } from "./close.tsx";
import { ActDialog, type Description } from "./dialog.tsx";
import { record, withdraw } from "./record.tsx";
import { limitLeft, refund, refundFields } from "./refund.tsx";
import { resolve } from "./resolve.tsx";
import type { Acting } from "./use.ts";

export const unpaid = (p: Payment): boolean => p.captured === undefined && p.authorization === undefined && p.paid === undefined;

/** held reports whether no money of the order may move until a person has decided something. */
export const held = (p: Payment): boolean =>
  p.conflict !== undefined || p.review !== undefined || (p.attention ?? []).some((c) => c.kind === "restored");

export const canRefund = (p: Payment): boolean => can("payments:refund") && !held(p) && (p.refundable ?? 0) > 0;
export const canCapture = (p: Payment): boolean => can("payments:capture") && !held(p) && p.status === "AUTHORIZED";
export const canClose = (p: Payment): boolean => can("payments:close") && unpaid(p) && !p.closed;

/** ActButtons shows what the person's roles allow and the order's state makes sensible. */
export function ActButtons({ payment: p, acting }: { payment: Payment; acting: Acting }) {
  const left = limitLeft(p);
  const start = (intent: Intent, fields?: Record<string, string>) => () => acting.start(intent, fields);
  return (
    <>
      {canCapture(p) && (
        <button type="button" class="primary" onClick={start({ route: "capture" }, captureFields(p))}>
          {t("capture")}
        </button>
      )}
      {canRefund(p) && (
        <button
          type="button"
          class={canCapture(p) ? "" : "primary"}
          disabled={left === 0}
          aria-describedby={left === 0 ? "limit" : undefined}
          onClick={start({ route: "refunds" }, refundFields(p))}
        >
          {t("refund")}
        </button>
      )}
      {canClose(p) && (
        <button type="button" onClick={start({ route: "close" })}>
          {t("close")}
        </button>
      )}
      {can("payments:resolve") && !unpaid(p) && (
        <button type="button" onClick={start({ route: "records" })}>
          {t("record")}
        </button>
      )}
    </>
  );
}

/** ActDialogs shows the dialog of the act that was started, or a reminder of one whose result is not known. */
export function ActDialogs({ payment, acting }: { payment: Payment; acting: Acting }) {
  const { attempt, shown } = acting;
  if (!attempt) return null;
  if (shown) return <ActDialog acting={acting} about={describe(payment, attempt)} payment={payment} />;
  if (attempt.phase === "done") {
    const { tone, text } = describe(payment, attempt).result(attempt); // it was settled after the dialog had been closed
    return <Banner tone={tone} title={text} />;
  }
  if (!open(attempt)) return null;
  return (
    <Banner tone="warn" title={t("act.open", { act: known(`act.${attempt.intent.route}`) ?? attempt.intent.route })}>
      <button type="button" onClick={acting.show}>
        {t("act.open_show")}
      </button>
    </Banner>
  );
}

function describe(payment: Payment, { intent }: Attempt): Description {
  switch (intent.route) {
    case "refunds":
      return refund(payment);
    case "capture":
      return capture(payment);
    case "close":
      return close(payment);
    case "resolve":
      return resolve(payment, intent);
    case "records":
      return intent.movement ? withdraw(payment, intent.movement) : record(payment);
  }
}
