// Taking the money of an authorisation, once.
import type { Payment } from "../api.ts";
import { wrongField } from "../failure.ts";
import { money, parseMoney } from "../format.ts";
import { t } from "../i18n/index.ts";
import { Field } from "../ui/field.tsx";
import type { Attempt } from "./attempt.ts";
import { NoteField, noteOf } from "./close.tsx";
import type { Description } from "./dialog.tsx";
import { Reason } from "./resolve.tsx";

const amountOf = (a: Attempt): number => (a.body as { payment: { capture_amount: number } }).payment.capture_amount;

export const captureFields = (payment: Payment): Record<string, string> => ({
  amount: (payment.authorization?.amount ?? 0).toLocaleString("id-ID"),
});

export function capture(payment: Payment): Description {
  const reserved = payment.authorization?.amount ?? 0;
  const wrong = (text: string | undefined): string | undefined => {
    const amount = parseMoney(text ?? "");
    if (!text) return undefined;
    if (amount === undefined) return t("amount.unreadable");
    return amount < 1 || amount > reserved ? t("amount.range", { most: money(reserved) }) : undefined;
  };
  return {
    title: t("capture"),
    asksDOKU: true,
    pointers: ["/payment/capture_amount", "/note"],
    form: (a, set) => (
      <>
        <Field
          label={t("capture.amount")}
          inputMode="numeric"
          required
          value={a.fields.amount ?? ""}
          set={(amount) => set({ amount })}
          error={wrong(a.fields.amount) ?? wrongField(a.failure, "/payment/capture_amount")}
          help={t("capture.help", { reserved: money(reserved) })}
        />
        <NoteField a={a} set={set} />
      </>
    ),
    check: (fields) => {
      const amount = parseMoney(fields.amount ?? "");
      const note = noteOf(fields);
      return amount === undefined || wrong(fields.amount) || !note ? undefined : { payment: { capture_amount: amount }, ...note };
    },
    confirm: (a) => (
      <>
        <p class="sum">{money(amountOf(a))}</p>
        <p>{t("capture.confirm", { amount: money(amountOf(a)), card: payment.card?.masked ?? "–" })}</p>
        {amountOf(a) < reserved && <p>{t("capture.confirm_rest", { rest: money(reserved - amountOf(a)) })}</p>}
        <Reason a={a} />
      </>
    ),
    button: (a) => t("capture.button", { amount: money(amountOf(a)) }),
    result: (a) => {
      const made = a.result;
      if (made?.capture?.status === "FAILED")
        return { tone: "bad", text: t("capture.failed", { reason: made.capture.message ?? "" }) };
      if (made?.capture?.status === "IN_REVIEW") return { tone: "warn", text: t("capture.review") };
      return { tone: "good", text: t("capture.done", { amount: money(made?.captured ?? amountOf(a)) }) };
    },
  };
}
