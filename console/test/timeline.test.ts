import assert from "node:assert/strict";
import test from "node:test";
import type { Payment } from "../src/api.ts";
import { leftOf, mayCount } from "../src/acts/limit.ts";
import { timeline } from "../src/timeline.ts";

type Movement = NonNullable<Payment["elsewhere"]>[number];

const movement = (of: Partial<Movement>): Movement =>
  ({ id: "1", kind: "chargeback", amount: 90000, source: "notification", at: "2026-11-30T08:10:00Z", counts: true, ...of }) as Movement;

const order = (elsewhere: Movement[]): Payment => ({
  order: { invoice_number: "INV-1", amount: 90000 },
  status: "PAID",
  created_at: "2026-11-30T08:00:00Z",
  paid: { amount: 90000, at: "2026-11-30T08:05:00Z" } as Payment["paid"],
  captured: 90000,
  elsewhere,
});

const without = (p: Payment) => timeline(p).filter((e) => /^(Without kasir|Tanpa kasir)/.test(e.text));

test("a movement that two sources report is one line", () => {
  const two = [movement({}), movement({ id: "2", source: "settlement", at: "2026-11-30T07:55:00Z" })];
  assert.equal(without(order(two)).length, 1);
  assert.equal(without(order(two))[0]!.at, "2026-11-30T08:10:00Z");
  const twice = [movement({}), movement({ id: "2" }), movement({ id: "3", source: "settlement" })];
  assert.equal(without(order(twice)).length, 2);
});

test("a movement of a settlement report has a day, and does not come before the payment of that day", () => {
  const p = order([movement({ kind: "refund", amount: 40000, source: "settlement", at: "2026-11-30T07:55:00Z" })]);
  assert.equal(timeline(p).at(-1)!.at, "2026-11-30");
});

test("without a limit there is none", () => assert.equal(leftOf(0, order([])), undefined));

test("refunds without kasir count towards the limit of a role", () => {
  const p = { ...order([]), refunded_elsewhere: 40000 };
  assert.equal(leftOf(60000, p), 20000);
  assert.equal(leftOf(60000, { ...p, refunds: [{ amount: 30000, status: "SUCCESS" }] as Payment["refunds"] }), 0);
});

test("a report cannot count beside a payment", () => {
  const conflict = { id: "1", kind: "channel", detail: "", amount: 90000 } as unknown as NonNullable<Payment["conflicts"]>[number];
  assert.equal(mayCount(order([]), conflict), false);
  assert.equal(mayCount({ ...order([]), captured: undefined }, conflict), true);
  assert.equal(mayCount({ ...order([]), captured: undefined }, { ...conflict, amount: undefined }), false);
});

test("a capture and a refund show who asked for them, and why", () => {
  const asked = {
    at: "2026-11-30T09:00:00Z",
    requested_by: "sub-of-sari",
    requested_by_username: "sari",
    note: "broken on the way",
  };
  const entries = timeline({
    order: { invoice_number: "A", amount: 90000 },
    status: "PARTIALLY_REFUNDED",
    created_at: "2026-11-30T08:00:00Z",
    capture: { amount: 90000, status: "SUCCESS", ...asked },
    refunds: [
      { id: "1", amount: 10000, status: "SUCCESS", ...asked },
      { id: "2", amount: 1, status: "FAILED", at: asked.at, requested_by: "back-end" },
    ],
  });
  const acts = entries.filter((e) => e.by).map((e) => [e.by, e.note]);
  assert.deepEqual(acts, [
    ["sari", "broken on the way"],
    ["sari", "broken on the way"],
    ["back-end", undefined],
  ]);
});

test("an order that nobody paid says that its page ended", () => {
  const p = { ...order([]), status: "EXPIRED", paid: undefined, captured: undefined, page: { expires_at: "2026-11-30T09:00:00Z" } } as Payment;
  assert.deepEqual(timeline(p).map((e) => e.at), ["2026-11-30T08:00:00Z", "2026-11-30T09:00:00Z"]);
  assert.equal(timeline({ ...p, unconfirmed: true }).length, 2);
});
