// Closing an unpaid order.
import type { Payment } from "../api.ts";
import { wrongField } from "../failure.ts";
import { money } from "../format.ts";
import { t } from "../i18n/index.ts";
import { Field } from "../ui/field.tsx";
import type { Description } from "./dialog.tsx";

/** bytesOf is the length that the API counts. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
export const mostNote = 500;

export const close = (payment: Payment): Description => ({
  title: t("close"),
  pointers: ["/note"],
  form: (a, set) => (
    <>
      <p>{t("close.what")}</p>
      <Field
        label={t("act.note")}
        lines={3}
        most={mostNote}
        value={a.fields.note ?? ""}
        set={(note) => set({ note })}
        error={wrongField(a.failure, "/note")}
        help={t("act.note_help")}
      />
    </>
  ),
  check: ({ note = "" }) => (bytesOf(note) > mostNote ? undefined : note.trim() ? { note: note.trim() } : {}),
  confirm: () => <p>{t("close.confirm", { invoice: payment.order.invoice_number, amount: money(payment.order.amount) })}</p>,
  button: () => t("close.button"),
  result: () => ({ tone: "good", text: t("close.done") }),
});
