// Giving money back.
import type { Payment } from "../api.ts";
import { wrongField } from "../failure.ts";
import { money, parseMoney } from "../format.ts";
import { t } from "../i18n/index.ts";
import { who } from "../session.ts";
import { Banner } from "../ui/banner.tsx";
import { Field } from "../ui/field.tsx";
import type { Attempt } from "./attempt.ts";
import { NoteField, noteOf } from "./close.tsx";
import type { Description } from "./dialog.tsx";
import { leftOf } from "./limit.ts";
import { Reason } from "./resolve.tsx";

/** limitLeft is what a person's roles still allow to give back of an order, or undefined without a limit. */
export const limitLeft = (payment: Payment): number | undefined => leftOf(who().maxRefund, payment);

/** most is the largest refund that is possible now. */
export const most = (payment: Payment): number => Math.min(payment.refundable ?? 0, limitLeft(payment) ?? Infinity);

/** refundFields are the fields of a new refund. */
export const refundFields = (payment: Payment): Record<string, string> => ({ amount: plain(most(payment)) });

const plain = (amount: number) => (amount > 0 ? amount.toLocaleString("id-ID") : "");

const amountOf = (a: Attempt): number => (a.body as { refund: { amount: number } }).refund.amount;

/** restOf is what can still be refunded after an attempt, as the order was when it was confirmed. */
const restOf = (a: Attempt): number => Math.max(0, (a.body as { expected_refundable: number }).expected_refundable - amountOf(a));

export function refund(payment: Payment): Description {
  const refundable = payment.refundable ?? 0;
  const left = limitLeft(payment);
  const wrong = (text: string | undefined): string | undefined => {
    const amount = parseMoney(text ?? "");
    if (!text) return undefined;
    if (amount === undefined) return t("amount.unreadable");
    if (left !== undefined && amount > left) return t("refund.above_limit", { left: money(left), limit: money(who().maxRefund) });
    return amount < 1 || amount > refundable ? t("amount.range", { most: money(refundable) }) : undefined;
  };
  return {
    title: t("refund"),
    asksDOKU: true,
    pointers: ["/refund/amount", "/expected_refundable", "/note"],
    form: (a, set) => (
      <>
        {left === 0 && <Banner tone="warn" title={t("refund.limit_reached", { limit: money(who().maxRefund) })} />}
        {wrongField(a.failure, "/expected_refundable") && (
          <Banner tone="warn" title={t("refund.changed", { refundable: money(refundable) })} />
        )}
        <Field
          label={t("refund.amount")}
          inputMode="numeric"
          required
          value={a.fields.amount ?? ""}
          set={(amount) => set({ amount })}
          error={wrong(a.fields.amount) ?? wrongField(a.failure, "/refund/amount")}
          help={
            <>
              {t("refund.refundable", { refundable: money(refundable) })}
              {left !== undefined && <> {t("refund.limit", { limit: money(who().maxRefund), left: money(left) })}</>}
            </>
          }
        />
        {(parseMoney(a.fields.amount ?? "") ?? refundable) < (payment.captured ?? 0) && !payment.settlement?.length && (
          <p class="help">{t("refund.part")}</p>
        )}
        <NoteField a={a} set={set} />
      </>
    ),
    check: (fields) => {
      const amount = parseMoney(fields.amount ?? "");
      const note = noteOf(fields);
      if (amount === undefined || amount < 1 || wrong(fields.amount) || !note) return undefined;
      return { refund: { amount }, expected_refundable: refundable, ...note };
    },
    confirm: (a) => (
      <>
        <p class="sum">{money(amountOf(a))}</p>
        <p>
          {t("refund.confirm", {
            amount: money(amountOf(a)),
            invoice: payment.order.invoice_number,
            card: payment.card?.masked ?? "–",
          })}
        </p>
        <p>{restOf(a) === 0 ? t("refund.confirm_all") : t("refund.confirm_left", { left: money(restOf(a)) })}</p>
        <Reason a={a} />
      </>
    ),
    button: (a) => t("refund.button", { amount: money(amountOf(a)) }),
    result: (a) => {
      const made = a.result?.refund;
      const amount = money(made?.amount ?? amountOf(a));
      if (made?.status === "FAILED") return { tone: "bad", text: t("refund.failed", { amount, reason: made.message ?? "" }) };
      if (made?.status === "MANUAL") return { tone: "info", text: t("refund.manual", { amount }) };
      if (made?.status === "IN_REVIEW") return { tone: "warn", text: t("refund.review", { amount }) };
      return { tone: "good", text: t("refund.done", { amount }) };
    },
  };
}
