import assert from "node:assert/strict";
import test from "node:test";
import type { Payment } from "../src/api.ts";
import { figures, keyOf, keysOf } from "../src/figures.ts";

const order = (created_at: string, more: Partial<Payment> = {}): Payment =>
  ({ order: { invoice_number: created_at, amount: 90000 }, status: "PENDING", created_at, ...more });

test("days and hours are those of Jakarta", () => {
  assert.equal(keyOf("2026-11-30T17:00:00Z", false), "2026-12-01");
  assert.equal(keyOf("2026-11-30T16:59:59Z", false), "2026-11-30");
  assert.equal(keyOf("2026-11-30T17:05:00Z", true), "00");
  assert.deepEqual(keysOf("2026-11-29", "2026-12-01"), ["2026-11-29", "2026-11-30", "2026-12-01"]);
  assert.equal(keysOf("2026-11-30", "2026-11-30").length, 24);
  assert.equal(keysOf("2020-01-01", "2026-11-30").length, 92); // a range is never longer
});

test("money counts once, where its order was made", () => {
  const f = figures([
    order("2026-11-29T20:00:00Z", { status: "PARTIALLY_REFUNDED", captured: 90000, refunded: 20000, refunded_elsewhere: 10000 }),
    order("2026-11-30T10:00:00Z", { status: "PAID", captured: 50000, charged_back: 5000 }),
    order("2026-11-30T11:00:00Z", { status: "AUTHORIZED", authorization: { amount: 70000, at: "", expires_at: "" } }),
    order("2026-11-30T12:00:00Z", { refunds: [{ id: "r", amount: 4000, status: "IN_REVIEW", at: "" }, { id: "s", amount: 1, status: "FAILED", at: "" }] }),
  ], "2026-11-29", "2026-11-30");
  assert.deepEqual([f.orders, f.paid, f.taken, f.refunded, f.charged, f.reserved, f.pending], [4, 2, 140000, 30000, 5000, 70000, 4000]);
  assert.deepEqual(f.slices.map((s) => [s.key, s.taken]), [["2026-11-29", 0], ["2026-11-30", 140000]]);
});

test("reasons count attempts and orders, and those that were paid all the same", () => {
  const no = { at: "", code: "51", message: "INSUFFICIENT FUNDS" };
  const f = figures([
    order("2026-11-30T10:00:00Z", { failures: [no, no, { at: "" }] }),
    order("2026-11-30T11:00:00Z", { failures: [no], captured: 90000 }),
  ], "2026-11-30", "2026-11-30");
  assert.deepEqual([f.declined, f.declinedOrders, f.declinedPaid], [4, 2, 1]);
  assert.deepEqual(f.reasons[0], { code: "51", message: "INSUFFICIENT FUNDS", attempts: 3, orders: 2, paid: 1 });
  assert.deepEqual(f.reasons[1], { code: "", message: "", attempts: 1, orders: 1, paid: 0 });
});
