// Recording money that moved at DOKU without kasir, and withdrawing a report that is wrong.
import type { Payment } from "../api.ts";
import { wrongField } from "../failure.ts";
import { money, parseMoney } from "../format.ts";
import { known, t } from "../i18n/index.ts";
import { Field, Select } from "../ui/field.tsx";
import type { Attempt } from "./attempt.ts";
import { bytesOf, mostNote } from "./close.tsx";
import type { Description } from "./dialog.tsx";
import { Note, Reason } from "./resolve.tsx";

const kinds = ["refund", "void", "capture", "chargeback", "chargeback_reversed"];

const amountOf = (a: Attempt) => money((a.body as { amount?: number }).amount ?? 0);
const noteOf = ({ note = "" }: Record<string, string>) =>
  note.trim() && bytesOf(note.trim()) <= mostNote ? note.trim() : undefined;

export const record = (payment: Payment): Description => ({
  title: t("record"),
  pointers: ["/kind", "/amount", "/reference", "/note"],
  form: (a, set) => (
    <>
      <p>{t("record.what")}</p>
      <Select
        label={t("record.kind")}
        required
        value={a.fields.kind ?? ""}
        set={(kind) => set({ kind })}
        error={wrongField(a.failure, "/kind")}
        choices={[
          ["", t("record.choose")],
          ...kinds.map((kind) => [kind, known(`movement.${kind}`) ?? kind] as [string, string]),
        ]}
      />
      <Field
        label={t("record.amount")}
        inputMode="numeric"
        required
        value={a.fields.amount ?? ""}
        set={(amount) => set({ amount })}
        error={
          (a.fields.amount && parseMoney(a.fields.amount) === undefined ? t("amount.unreadable") : undefined) ??
          wrongField(a.failure, "/amount")
        }
      />
      <Field
        label={t("record.reference")}
        value={a.fields.reference ?? ""}
        set={(reference) => set({ reference })}
        most={64}
        error={wrongField(a.failure, "/reference")}
        help={t("record.reference_help")}
      />
      <Note a={a} set={set} />
    </>
  ),
  check: (fields) => {
    const amount = parseMoney(fields.amount ?? "");
    const reference = fields.reference?.trim() ?? "";
    if (!fields.kind || !amount || !noteOf(fields) || bytesOf(reference) > 64) return undefined;
    return { kind: fields.kind, amount, ...(reference && { reference }), note: noteOf(fields) };
  },
  confirm: (a) => (
    <>
      <p class="sum">{amountOf(a)}</p>
      <p>
        {t("record.confirm", {
          kind: known(`movement.${a.fields.kind}`) ?? a.fields.kind ?? "",
          amount: amountOf(a),
          invoice: payment.order.invoice_number,
        })}
      </p>
      <Reason a={a} />
      <p>{t("record.stays")}</p>
    </>
  ),
  button: (a) => t("record.button", { amount: amountOf(a) }),
  result: (a) => ({ tone: "good", text: t("record.done", { amount: amountOf(a) }) }),
});

export function withdraw(payment: Payment, id: string): Description {
  const movement = payment.elsewhere?.find((m) => m.id === id);
  const amount = movement?.amount === undefined ? "" : money(movement.amount);
  const kind = known(`movement.${movement?.kind}`) ?? movement?.kind ?? "";
  return {
    title: t("withdraw"),
    pointers: ["/note"],
    form: (a, set) => (
      <>
        <p>
          {kind} {amount}
        </p>
        <p>{t("withdraw.what")}</p>
        <Note a={a} set={set} />
      </>
    ),
    check: (fields) => (noteOf(fields) ? { kind: "withdrawal", movement: id, note: noteOf(fields) } : undefined),
    confirm: (a) => (
      <>
        <p class="sum">{amount}</p>
        <p>{t("withdraw.confirm", { kind, amount })}</p>
        <Reason a={a} />
      </>
    ),
    button: () => t("withdraw.button", { amount }),
    result: () => ({ tone: "good", text: t("withdraw.done") }),
  };
}
