// One attempt at an act: from the form to its result. The rules are pure functions, so that money moves once whatever is clicked.
import type { Payment, Refund } from "../api.ts";
import { type Failure, certain } from "../failure.ts";

/** Intent names the act, and what it is about. */
export type Intent =
  | { route: "refunds" }
  | { route: "capture" }
  | { route: "close" }
  | { route: "resolve"; operation: string; amount?: number }
  | { route: "resolve"; conflict: string }
  | { route: "resolve"; attention: string; subject?: string }
  | { route: "records"; movement?: string };

/**
 * The phases of an attempt:
 * form: the person types. confirm: the person reads the sum. sending: the request is under way. waiting: kasir says that DOKU's answer
 * is not known yet. unsure: no answer came, so it may have been carried out. refused: it was surely not carried out. done: it was.
 */
export type Phase = "form" | "confirm" | "sending" | "waiting" | "unsure" | "refused" | "done";

export interface Attempt {
  intent: Intent;
  key: string; // Idempotency-Key, made once and kept for every repeat
  fields: Record<string, string>;
  phase: Phase;
  body?: unknown; // as it was confirmed; a repeat sends exactly this
  doubt?: boolean; // an earlier request of this attempt may have been carried out
  failure?: Failure;
  retryAt?: number; // time in milliseconds before which a repeat is too early
  before: string[]; // what the order had when the person confirmed: see tracesOf
  stale?: boolean; // a request was refused since before was read, and the order may show that refusal
  result?: Payment & { refund?: Refund };
}

export type Event =
  | { type: "typed"; fields: Record<string, string> }
  | { type: "reviewed"; body: unknown; before: string[] } // the fields are right
  | { type: "back"; key: string }
  | { type: "anew"; key: string; before: string[] } // the person gives up an attempt of which the order shows no trace
  | { type: "send" }
  | { type: "unsent" } // the sign-in had ended, and the page is left for a new one
  | { type: "answered"; status: number; data: Payment & { refund?: Refund }; retryAt?: number }
  | { type: "failed"; failure: Failure; key: string }
  | { type: "seen"; payment: Payment; mine: string }; // the order was read again; mine is the subject of the person

/** next returns the attempt after an event. An event that does not fit the phase, such as a second click, changes nothing. */
export function next(a: Attempt, event: Event): Attempt {
  switch (event.type) {
    case "typed":
      return a.phase === "form" ? { ...a, fields: { ...a.fields, ...event.fields } } : a;
    case "reviewed":
      return a.phase === "form" ? { ...a, phase: "confirm", body: event.body, before: event.before, failure: undefined } : a;
    case "back":
      if (a.phase === "confirm") return { ...a, phase: "form", body: undefined, failure: undefined };
      return a.phase === "refused" ? { ...a, phase: "form", body: undefined, failure: undefined, key: event.key } : a;
    case "anew":
      return mayBeginAnew(a)
        ? {
            ...a,
            phase: "form",
            body: undefined,
            failure: undefined,
            retryAt: undefined,
            doubt: false,
            key: event.key,
            before: event.before,
          }
        : a;
    case "send":
      return ["confirm", "unsure", "waiting"].includes(a.phase)
        ? { ...a, phase: "sending", failure: undefined, retryAt: undefined }
        : a;
    case "unsent":
      return a.phase === "sending" ? { ...a, phase: a.doubt ? "unsure" : "confirm" } : a;
    case "answered":
      if (a.phase !== "sending") return a;
      if (event.status === 202) return { ...a, phase: "waiting", doubt: true, retryAt: event.retryAt };
      return { ...a, phase: "done", doubt: false, result: event.data };
    case "failed":
      return a.phase === "sending" ? failed(a, event.failure, event.key) : a;
    case "seen":
      if (["waiting", "unsure"].includes(a.phase)) return seen(a, event.payment, event.mine);
      return a.doubt || ["sending", "done"].includes(a.phase) ? a : { ...a, before: tracesOf(event.payment), stale: false };
  }
}

/**
 * mayBeginAnew reports whether an attempt without an answer may be given up. If its request still arrives, the API carries out only one of
 * the two: expected_refundable of the later refund is wrong by then, and the other acts happen once. A record has no such guard.
 */
export const mayBeginAnew = (a: Attempt): boolean => a.phase === "unsure" && a.intent.route !== "records";

function failed(a: Attempt, failure: Failure, key: string): Attempt {
  if (failure.kind === "running") return { ...a, phase: "waiting", doubt: true, retryAt: failure.retryAt };
  if (!certain(failure)) return { ...a, phase: "unsure", doubt: true, failure, retryAt: failure.retryAt };
  // These say nothing about an earlier request of this attempt.
  if (["busy", "forbidden", "signed_out"].includes(failure.kind))
    return { ...a, phase: a.doubt ? "unsure" : "confirm", failure, retryAt: failure.retryAt };
  const fields = failure.errors.length > 0 && !failure.doku;
  return { ...a, phase: fields ? "form" : "refused", doubt: false, stale: true, failure, body: undefined, key };
}

/** tracesOf names the refunds and the refused capture of an order. One that was there before a request is not its result. */
export const tracesOf = (payment: Payment | undefined): string[] => [
  ...(payment?.refunds ?? []).map((r) => r.id),
  ...(payment?.capture?.status === "FAILED" ? [`capture ${payment.capture.at}`] : []),
];

/** seen looks for the result in the order. It ends the wait for an act that has an outcome by now. A record is not told from another one. */
function seen(a: Attempt, payment: Payment, mine: string): Attempt {
  if (a.intent.route === "refunds") {
    const amount = (a.body as { refund?: { amount?: number } } | undefined)?.refund?.amount;
    const made = payment.refunds?.filter(
      (r) =>
        !a.before.includes(r.id) &&
        !(a.stale && r.status === "FAILED") &&
        r.amount === amount &&
        (!r.requested_by || r.requested_by === mine),
    );
    const refund = made?.find((r) => r.status !== "FAILED") ?? made?.at(-1); // a refused one may be of an earlier attempt
    if (!refund) return a;
    return refund.status === "PROCESSING"
      ? waiting(a)
      : { ...a, phase: "done", doubt: false, failure: undefined, result: { ...payment, refund } };
  }
  if (a.intent.route === "capture") {
    if (payment.capture?.status === "PROCESSING") return waiting(a);
    const refused = !a.stale && tracesOf(payment).some((trace) => trace.startsWith("capture ") && !a.before.includes(trace));
    const ended = payment.captured !== undefined || payment.capture?.status === "IN_REVIEW" || refused;
    return ended ? { ...a, phase: "done", doubt: false, failure: undefined, result: payment } : a;
  }
  return traceOf(a.intent, payment, mine) ? { ...a, phase: "done", doubt: false, failure: undefined, result: payment } : a;
}

/** traceOf reports whether the order shows that the person has closed it, or has decided what the intent is about. */
function traceOf(intent: Intent, p: Payment, mine: string): boolean {
  if (intent.route === "close") return p.closed !== undefined;
  if (intent.route !== "resolve") return false;
  if ("conflict" in intent) return p.conflicts?.some((c) => c.id === intent.conflict && c.decided?.by === mine) ?? false;
  if ("operation" in intent) {
    const operation = intent.operation === "capture" ? p.capture : p.refunds?.find((r) => r.id === intent.operation);
    return operation?.resolved?.by === mine;
  }
  return (
    p.acknowledged?.some(
      (c) => c.kind === intent.attention && (!intent.subject || c.subject === intent.subject) && c.by === mine,
    ) ?? false
  );
}

const waiting = (a: Attempt): Attempt => (a.phase === "waiting" ? a : { ...a, phase: "waiting", failure: undefined });

/** restored returns an attempt as it is after the page was loaded anew. What was under way then may have been carried out. */
export const restored = (a: Attempt): Attempt => (a.phase === "sending" ? { ...a, phase: "unsure", doubt: true } : a);

/** open reports whether an attempt must be kept although its dialog is closed. */
export const open = (a: Attempt): boolean => a.doubt === true || a.phase === "sending";
