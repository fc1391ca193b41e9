// What happened to an order, as sentences in the order of time. It is a pure function of the API's answer.
import type { Payment } from "./api.ts";
import { dayOf, money, time } from "./format.ts";
import { type Key, known, t } from "./i18n/index.ts";

export interface Entry {
  at: string; // moment, or a day
  text: string;
  tone: "good" | "bad" | "warn" | "info" | "plain";
  quote?: string; // the words of DOKU, the bank or the API, in English
  by?: string; // who acted
  note?: string; // their reason
}

type Act = { at: string; by: string; username?: string; note?: string };

const by = (act: Partial<Act>) => ({ by: act.username ?? act.by, note: act.note });

/** asker is who asked for a capture or refund, and why. */
const asker = (asked: { requested_by?: string; requested_by_username?: string; note?: string }) =>
  by({ by: asked.requested_by, username: asked.requested_by_username, note: asked.note });

/** timeline returns the entries, the oldest first. */
export function timeline(p: Payment): Entry[] {
  const all: Entry[] = [];
  const add = (
    at: string | undefined,
    tone: Entry["tone"],
    key: Key,
    values: Record<string, string | number> = {},
    more: Partial<Entry> = {},
  ) => at && all.push({ at, tone, text: t(key, values), ...more });

  add(p.created_at, "plain", "line.created", { amount: money(p.order.amount) });
  for (const f of p.failures ?? [])
    add(f.at, "bad", "line.declined", {}, { quote: [f.code, f.message].filter(Boolean).join(" ") });
  if (p.authorization) {
    add(p.authorization.at, "good", "line.authorized", {
      amount: money(p.authorization.amount),
      until: time(p.authorization.expires_at),
    });
    if (p.status === "AUTHORIZATION_EXPIRED") add(p.authorization.expires_at, "bad", "line.authorization_ended");
  }
  if (p.paid) {
    add(p.paid.at, "good", p.late ? "line.paid_late" : "line.paid", { amount: money(p.paid.amount) });
  }
  captureLines(p, add);
  refundLines(p, add);
  if (p.closed) add(p.closed.at, "plain", "line.closed", {}, by(p.closed));
  for (const c of p.conflicts ?? []) {
    add(c.at ?? p.created_at, "warn", "line.conflict", {}, { quote: c.detail });
    if (c.decided)
      add(c.decided.at, "info", c.decision === "counts" ? "line.decided_counts" : "line.decided_none", {}, by(c.decided));
  }
  for (const r of p.remarks ?? []) add(r.at, "warn", "line.remark", {}, { quote: r.detail });
  for (const a of p.acknowledged ?? [])
    add(a.at, "info", "line.acknowledged", { kind: known(`case.${a.kind}`) ?? a.kind }, by(a));
  movementLines(p, add);
  for (const s of p.settlement ?? [])
    add(s.paid_out, "good", "line.settled", { net: money(s.net), fee: money(s.fee), amount: money(s.amount) });
  const end = p.page?.expires_at ?? p.created_at;
  if (p.unconfirmed) add(end, "warn", "line.unconfirmed");
  else if (p.status === "EXPIRED") add(end, "plain", "line.expired");
  add(p.forgotten_at, "plain", "line.forgotten");
  // DOKU's times have whole seconds, so a quick payment seems to come before its order.
  const [first, ...later] = all;
  return [first!, ...later.sort((a, b) => when(a.at) - when(b.at))]; // sort keeps the order of equal times
}

// A day without a time is put at its end.
const when = (at: string): number => Date.parse(at.length === 10 ? `${at}T23:59:59+07:00` : at);

type Add = (
  at: string | undefined,
  tone: Entry["tone"],
  key: Key,
  values?: Record<string, string | number>,
  more?: Partial<Entry>,
) => void;

function captureLines(p: Payment, add: Add): void {
  const c = p.capture;
  if (c) {
    add(
      c.at,
      "plain",
      c.requested_by === "policy" ? "line.capture_policy" : "line.capture_asked",
      { amount: money(c.amount) },
      c.requested_by === "policy" ? {} : asker(c),
    );
    if (c.status === "PROCESSING") add(c.at, "warn", "line.processing", {}, { quote: answer(c.last_answer) });
    if (c.status === "IN_REVIEW") add(c.at, "warn", "line.in_review", {}, { quote: answer(c.last_answer) });
    if (c.status === "FAILED")
      add(c.resolved?.at ?? c.at, "bad", "line.capture_failed", {}, { quote: c.message, ...(c.resolved && by(c.resolved)) });
  }
  if (p.captured_at && p.authorization) {
    add(p.captured_at, "good", "line.captured", { amount: money(p.captured ?? 0) }, c?.resolved ? by(c.resolved) : {});
  }
}

function refundLines(p: Payment, add: Add): void {
  for (const r of p.refunds ?? []) {
    const amount = money(r.amount);
    add(r.at, "plain", "line.refund_asked", { amount }, asker(r));
    if (r.status === "PROCESSING") add(r.at, "warn", "line.processing", {}, { quote: answer(r.last_answer) });
    if (r.status === "IN_REVIEW") add(r.at, "warn", "line.in_review", {}, { quote: answer(r.last_answer) });
    if (r.status === "MANUAL") add(r.done_at ?? r.at, "info", "line.refund_manual", { amount });
    if (r.resolved) {
      add(
        r.resolved.at,
        r.status === "FAILED" ? "bad" : "good",
        r.status === "FAILED" ? "line.refund_resolved_refused" : "line.refund_resolved_done",
        { amount },
        by(r.resolved),
      );
    } else if (r.status === "SUCCESS") {
      add(r.done_at ?? r.at, "good", r.type === "VOID" ? "line.refund_void" : "line.refund_done", { amount });
    } else if (r.status === "FAILED") {
      add(r.done_at ?? r.at, "bad", "line.refund_failed", { amount }, { quote: r.message });
    }
  }
}

type Movement = NonNullable<Payment["elsewhere"]>[number];

const sourceOf = (m: Movement): string => known(`source.${m.source}`) ?? m.source;

// A settlement report has the day of a movement, and no time.
const momentOf = (m: Movement): string => (m.source === "settlement" ? dayOf(new Date(m.at)) : m.at);

/** toldTogether groups the reports of each movement: several sources report the same one, and it counts once. */
export function toldTogether(movements: Movement[]): Movement[][] {
  const groups: Movement[][] = [];
  for (const m of movements) {
    const same = groups.find(([first, ...more]) => first!.kind === m.kind && first!.amount === m.amount && ![first!, ...more].some((n) => n.source === m.source));
    if (same) same.push(m);
    else groups.push([m]);
  }
  return groups;
}

function movementLines(p: Payment, add: Add): void {
  // reports that do not count are about refunds that kasir asked for
  for (const told of toldTogether((p.elsewhere ?? []).filter((m) => m.source !== "record" && m.counts && !m.withdrawn))) {
    const [first] = told.toSorted((a, b) => Number(a.source === "settlement") - Number(b.source === "settlement"));
    const values = { kind: known(`movement.${first!.kind}`) ?? first!.kind, amount: first!.amount === undefined ? "" : money(first!.amount) };
    add(momentOf(first!), "warn", "line.elsewhere", { ...values, source: told.map(sourceOf).join(", ") });
  }
  for (const m of p.elsewhere ?? []) {
    const kind = known(`movement.${m.kind}`) ?? m.kind;
    const amount = m.amount === undefined ? "" : money(m.amount);
    if (m.source === "record") {
      add(
        m.recorded?.at ?? m.at,
        "info",
        "line.recorded",
        { kind, amount },
        { ...(m.recorded && by(m.recorded)), quote: m.reference },
      );
    } else if (m.withdrawn) {
      add(momentOf(m), "warn", "line.elsewhere", { kind, amount, source: sourceOf(m) });
    }
    if (m.withdrawn) add(m.withdrawn.at, "info", "line.withdrawn", { kind, amount }, by(m.withdrawn));
  }
}

const answer = (last: { code: string; message: string } | undefined) => last && `${last.code} ${last.message}`;
