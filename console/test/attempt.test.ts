import assert from "node:assert/strict";
import test from "node:test";
import { type Attempt, type Event, next, open, restored } from "../src/acts/attempt.ts";
import type { Payment } from "../src/api.ts";
import { failureOf } from "../src/failure.ts";

const body = { refund: { amount: 30000 }, expected_refundable: 90000 };
const fresh: Attempt = {
  intent: { route: "refunds" },
  key: "key-1",
  fields: { amount: "30.000" },
  phase: "form",
  before: ["old"],
};
const order = (refunds: Payment["refunds"]): Payment => ({
  order: { invoice_number: "A", amount: 90000 },
  status: "PAID",
  created_at: "2026-11-30T08:00:00Z",
  refunds,
});
const refund = (id: string, status: string, by = "me") => ({
  id,
  amount: 30000,
  status,
  at: "2026-11-30T08:00:00Z",
  requested_by: by,
});
const after = (a: Attempt, ...events: Event[]) => events.reduce(next, a);
const sent = after(fresh, { type: "reviewed", body, before: ["old"] }, { type: "send" });
const lost = after(sent, { type: "failed", failure: failureOf(503, {}, undefined), key: "key-2" });

test("a second click changes nothing, and neither does typing behind the confirmation", () => {
  assert.equal(sent.phase, "sending");
  assert.equal(next(sent, { type: "send" }), sent);
  assert.equal(next(sent, { type: "typed", fields: { amount: "90.000" } }), sent);
});

test("without an answer the key and the body stay, also over a reload", () => {
  for (const a of [lost, restored(JSON.parse(JSON.stringify(sent)) as Attempt)]) {
    assert.equal(a.phase, "unsure");
    assert.equal(a.key, "key-1");
    assert.ok(open(a));
    assert.equal(next(a, { type: "back", key: "key-2" }), a); // it cannot be changed any more
    const again = next(a, { type: "send" });
    assert.deepEqual([again.phase, again.key, again.body], ["sending", "key-1", body]);
  }
});

test("a refusal ends the attempt: the next one has another key", () => {
  const refused = after(sent, {
    type: "failed",
    failure: failureOf(422, { doku: { request_id: "r" } }, undefined),
    key: "key-2",
  });
  assert.equal(refused.phase, "refused");
  assert.equal(after(refused, { type: "back", key: "key-3" }).key, "key-3");
  const wrong = after(sent, {
    type: "failed",
    failure: failureOf(422, { errors: [{ pointer: "/refund/amount", detail: "x" }] }, undefined),
    key: "key-2",
  });
  assert.deepEqual([wrong.phase, wrong.key, wrong.body], ["form", "key-2", undefined]);
});

test("403 and 429 say nothing about an earlier request of the attempt", () => {
  for (const status of [401, 403, 429]) {
    const failed = (a: Attempt) => after(a, { type: "failed", failure: failureOf(status, {}, undefined), key: "key-2" });
    assert.equal(failed(sent).phase, "confirm");
    assert.deepEqual([failed(next(lost, { type: "send" })).phase, failed(next(lost, { type: "send" })).key], ["unsure", "key-1"]);
  }
});

test("a refund without an answer can be given up, because expected_refundable guards the next; a record cannot", () => {
  const anew = next(lost, { type: "anew", key: "key-2", before: ["old", "other"] });
  assert.deepEqual([anew.phase, anew.key, anew.body, open(anew)], ["form", "key-2", undefined, false]);
  const record: Attempt = { ...lost, intent: { route: "records" } };
  assert.equal(next(record, { type: "anew", key: "key-2", before: [] }), record);
  const waiting = after(sent, { type: "answered", status: 202, data: {} as Payment });
  assert.equal(next(waiting, { type: "anew", key: "key-2", before: [] }), waiting);
});

test("a sign-in that ended before the request was read leads back to the confirmation", () => {
  assert.deepEqual([next(sent, { type: "unsent" }).phase, next(sent, { type: "unsent" }).key], ["confirm", "key-1"]);
  assert.equal(after(lost, { type: "send" }, { type: "unsent" }).phase, "unsure");
});

test("202 and 409 with Retry-After wait; the order then shows the result", () => {
  const waiting = after(sent, { type: "answered", status: 202, data: {} as Payment, retryAt: 5 });
  assert.deepEqual([waiting.phase, waiting.retryAt], ["waiting", 5]);
  assert.equal(after(sent, { type: "failed", failure: failureOf(409, {}, 90), key: "key-2" }).phase, "waiting");
  const see = (...refunds: NonNullable<Payment["refunds"]>) =>
    next(waiting, { type: "seen", payment: order(refunds), mine: "me" });
  assert.equal(see(refund("old", "SUCCESS")).phase, "waiting"); // it was there before
  assert.equal(see(refund("new", "SUCCESS", "somebody")).phase, "waiting"); // another person's
  assert.equal(see(refund("new", "PROCESSING")).phase, "waiting");
  const done = see(refund("old", "SUCCESS"), refund("new", "SUCCESS"));
  assert.deepEqual([done.phase, done.result?.refund?.id, open(done)], ["done", "new", false]);
});

test("a refusal of before is not the result of the next request", () => {
  const refusal = { type: "failed", failure: failureOf(422, { doku: { request_id: "r" } }, undefined), key: "key-2" } as const;
  const again = (...before: string[]) =>
    [{ type: "back", key: "key-2" }, { type: "reviewed", body, before }, { type: "send" }] as const;
  const silence = { type: "failed", failure: failureOf(503, {}, undefined), key: "key-3" } as const;
  const shows = { type: "seen", payment: order([refund("first", "FAILED")]), mine: "me" } as const;
  for (const a of [after(sent, refusal, shows, ...again("first"), silence), after(sent, refusal, ...again(), silence)]) {
    assert.equal(next(a, shows).phase, "unsure");
    const both = order([refund("first", "FAILED"), refund("second", "SUCCESS")]);
    assert.equal(next(a, { ...shows, payment: both }).result?.refund?.id, "second");
  }
});

// Another tab made the same refund after the form was opened, and before the person confirmed this one.
test("a refund that the order had at the confirmation is not the result of a lost one", () => {
  const a = after(
    fresh,
    { type: "reviewed", body, before: ["old", "other-tab"] },
    { type: "send" },
    { type: "failed", failure: failureOf(503, {}, undefined), key: "key-2" },
    { type: "seen", payment: order([refund("other-tab", "SUCCESS")]), mine: "me" },
  );
  assert.equal(a.phase, "unsure");
});

test("a closing or a decision without an answer ends when the order shows it", () => {
  const act = { at: "2026-11-30T08:00:00Z", by: "me" };
  for (const [intent, found, others] of [
    [{ route: "close" }, { closed: act }, {}],
    [{ route: "resolve", conflict: "c1" }, { conflicts: [{ id: "c1", decided: act }] }, { conflicts: [{ id: "c2", decided: act }] }],
    [{ route: "resolve", attention: "late" }, { acknowledged: [{ kind: "late", ...act }] }, { acknowledged: [{ kind: "late", ...act, by: "you" }] }],
    [{ route: "resolve", operation: "r1" }, { refunds: [{ ...refund("r1", "SUCCESS"), resolved: act }] }, { refunds: [refund("r1", "IN_REVIEW")] }],
  ] as [Attempt["intent"], Partial<Payment>, Partial<Payment>][]) {
    const unsure: Attempt = { ...lost, intent };
    const seen = (more: Partial<Payment>) => next(unsure, { type: "seen", payment: { ...order([]), ...more }, mine: "me" });
    assert.equal(seen(found).phase, "done", JSON.stringify(intent));
    assert.equal(seen(others).phase, "unsure", JSON.stringify(intent));
  }
});

// DOKU refused a refund, the person changed nothing and sent it anew under a new key, and DOKU's answer to that one is not known yet.
test("a refund that was refused before is not the result of the next one", () => {
  const refused = failureOf(422, { doku: { message: "not settled" }, detail: "DOKU refused the request." }, undefined);
  const first = next(sent, { type: "failed", failure: refused, key: "key-2" });
  assert.equal(first.phase, "refused");
  const second = after(
    first,
    { type: "back", key: "key-2" },
    { type: "reviewed", body, before: ["old", "refused"] },
    { type: "send" },
    { type: "answered", status: 202, data: {} as Payment },
  );
  const refunds = [refund("refused", "FAILED"), refund("second", "PROCESSING")];
  for (const before of [second.before, ["old"]]) // also if the order could not be read after the refusal
    assert.equal(next({ ...second, before }, { type: "seen", payment: order(refunds), mine: "me" }).phase, "waiting");
});
