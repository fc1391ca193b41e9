// Recording what a person found out: the result of an operation, the decision about a conflict, the end of a case.
import type { Payment } from "../api.ts";
import { wrongField } from "../failure.ts";
import { money } from "../format.ts";
import { known, t } from "../i18n/index.ts";
import { Choice, Field } from "../ui/field.tsx";
import type { Attempt, Intent } from "./attempt.ts";
import { bytesOf, mostNote } from "./close.tsx";
import type { Description } from "./dialog.tsx";
import { mayCount } from "./limit.ts";

type Resolve = Extract<Intent, { route: "resolve" }>;

const noteOf = ({ note = "" }: Record<string, string>) =>
  note.trim() && bytesOf(note.trim()) <= mostNote ? note.trim() : undefined;

export const Note = ({ a, set }: { a: Attempt; set: (fields: Record<string, string>) => void }) => (
  <Field
    label={t("act.reason")}
    lines={3}
    required
    most={mostNote}
    value={a.fields.note ?? ""}
    set={(note) => set({ note })}
    error={wrongField(a.failure, "/note")}
    help={t("act.note_help")}
  />
);

/** Reason repeats the person's words in the confirmation. */
export const Reason = ({ a }: { a: Attempt }) => (a.fields.note?.trim() ? <blockquote>{a.fields.note.trim()}</blockquote> : null);

export function resolve(payment: Payment, intent: Resolve): Description {
  if ("operation" in intent) return operation(payment, intent.operation);
  if ("conflict" in intent) return conflict(payment, intent.conflict);
  return acknowledge(payment, intent);
}

function operation(payment: Payment, id: string): Description {
  const refund = payment.refunds?.find((r) => r.id === id);
  const parked = payment.review?.operations.find((o) => o.id === id);
  const amount = money(refund?.amount ?? parked?.amount ?? payment.capture?.amount ?? 0);
  const kind = id === "capture" ? "capture" : "refund";
  return {
    title: t(`resolve.${kind}`, { amount }),
    pointers: ["/note"],
    form: (a, set) => (
      <>
        <p>{t("resolve.look")}</p>
        {parked?.request_id && (
          <p>
            Request-Id <code>{parked.request_id}</code>
          </p>
        )}
        {refund?.last_answer && (
          <p class="muted" lang="en">
            DOKU: {refund.last_answer.code} {refund.last_answer.message}
          </p>
        )}
        <Choice
          label={t("resolve.outcome")}
          value={a.fields.outcome ?? ""}
          set={(outcome) => set({ outcome })}
          choices={[
            ["done", t("resolve.done"), t(`resolve.done_${kind}`)],
            ["refused", t("resolve.refused"), t(`resolve.refused_${kind}`)],
          ]}
        />
        <Note a={a} set={set} />
      </>
    ),
    check: (fields) =>
      fields.outcome && noteOf(fields) ? { operation: id, outcome: fields.outcome, note: noteOf(fields) } : undefined,
    confirm: (a) => (
      <>
        <p class="sum">{amount}</p>
        <p>{t(a.fields.outcome === "done" ? `resolve.confirm_done_${kind}` : `resolve.confirm_refused_${kind}`, { amount })}</p>
        <Reason a={a} />
        <p>{t("resolve.final")}</p>
      </>
    ),
    button: () => t("resolve.button"),
    result: () => ({ tone: "good", text: t("resolve.recorded") }),
  };
}

function conflict(payment: Payment, id: string): Description {
  const c = payment.conflicts?.find((one) => one.id === id);
  const amount = c?.amount === undefined ? undefined : money(c.amount);
  return {
    title: t("conflict.decide"),
    pointers: ["/note"],
    form: (a, set) => (
      <>
        <p lang="en">{c?.detail}</p>
        <p>{t("resolve.look")}</p>
        {!mayCount(payment, c) && payment.captured !== undefined && <p>{t("conflict.paid")}</p>}
        <Choice
          label={t("conflict.question")}
          value={a.fields.decision ?? ""}
          set={(decision) => set({ decision })}
          choices={[
            ["none", t("conflict.none"), t("conflict.none_help")],
            ...(mayCount(payment, c) ? [["counts", t("conflict.counts"), amount ? t("conflict.counts_help", { amount }) : t("conflict.counts_help_unknown")] as [string, string, string]] : []),
          ]}
        />
        <Note a={a} set={set} />
      </>
    ),
    check: (fields) =>
      fields.decision && noteOf(fields) ? { conflict: id, decision: fields.decision, note: noteOf(fields) } : undefined,
    confirm: (a) => (
      <>
        {a.fields.decision === "counts" && amount && <p class="sum">{amount}</p>}
        <p>
          {a.fields.decision === "counts"
            ? t("conflict.confirm_counts", { amount: amount ?? "?", invoice: payment.order.invoice_number })
            : t("conflict.confirm_none")}
        </p>
        <Reason a={a} />
        <p>{t("resolve.final")}</p>
      </>
    ),
    button: () => t("conflict.button"),
    result: () => ({ tone: "good", text: t("conflict.decided") }),
  };
}

function acknowledge(payment: Payment, intent: Extract<Resolve, { attention: string }>): Description {
  const name = known(`case.${intent.attention}`) ?? intent.attention;
  const which = payment.attention?.find((c) => c.kind === intent.attention && c.subject === intent.subject);
  const detail = which && <p lang="en">{which.detail}</p>; // an order may have several cases of a kind
  return {
    title: t("case.acknowledge"),
    pointers: ["/note"],
    form: (a, set) => (
      <>
        <p>
          <strong>{name}</strong>
        </p>
        {detail}
        <p>{t("case.acknowledge_what")}</p>
        <Note a={a} set={set} />
      </>
    ),
    check: (fields) =>
      noteOf(fields)
        ? { attention: intent.attention, ...(intent.subject && { subject: intent.subject }), note: noteOf(fields) }
        : undefined,
    confirm: (a) => (
      <>
        <p>{t("case.confirm", { name })}</p>
        {detail}
        <Reason a={a} />
        <p>{t("resolve.final")}</p>
      </>
    ),
    button: () => t("case.button"),
    result: () => ({ tone: "good", text: t("case.done") }),
  };
}
