// Closing an unpaid order.
import type { Payment } from "../api.ts";
import { wrongField } from "../failure.ts";
import { money } from "../format.ts";
import { t } from "../i18n/index.ts";
import { Field } from "../ui/field.tsx";
import type { Attempt } from "./attempt.ts";
import type { Description } from "./dialog.tsx";

/** bytesOf is the length that the API counts. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
export const mostNote = 500;

/** NoteField asks for a reason. */
export const NoteField = ({ a, set }: { a: Attempt; set: (fields: Record<string, string>) => void }) => (
  <Field
    label={t("act.note")}
    lines={3}
    most={mostNote}
    value={a.fields.note ?? ""}
    set={(note) => set({ note })}
    error={wrongField(a.failure, "/note")}
    help={t("act.note_help")}
  />
);

/** noteOf is the part of a body that has the reason, or undefined if it is too long. */
export const noteOf = ({ note = "" }: Record<string, string>): { note?: string } | undefined =>
  bytesOf(note) > mostNote ? undefined : note.trim() ? { note: note.trim() } : {};

export const close = (payment: Payment): Description => ({
  title: t("close"),
  pointers: ["/note"],
  form: (a, set) => (
    <>
      <p>{t("close.what")}</p>
      <NoteField a={a} set={set} />
    </>
  ),
  check: noteOf,
  confirm: () => <p>{t("close.confirm", { invoice: payment.order.invoice_number, amount: money(payment.order.amount) })}</p>,
  button: () => t("close.button"),
  result: () => ({ tone: "good", text: t("close.done") }),
});
