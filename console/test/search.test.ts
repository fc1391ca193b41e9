import assert from "node:assert/strict";
import test from "node:test";
import type { Payment, PaymentList } from "../src/api.ts";
import { distance, find, nearest, numbers } from "../src/search.ts";

const order = (invoice: string): Payment => ({
  order: { invoice_number: invoice, amount: 1 },
  status: "PAID",
  created_at: "2026-11-30T08:00:00Z",
});

test("a number may be typed with spaces, other dashes and small letters", () => {
  assert.deepEqual(numbers(" inv 2026–0001 "), ["inv-2026-0001", "INV-2026-0001"]);
  assert.deepEqual(numbers("#INV/2026.0001"), ["INV-2026-0001"]);
  assert.deepEqual(numbers(" – "), []);
});

test("near numbers: a swapped, missing, wrong or confused character, and a part from the middle", () => {
  const all = ["INV-2026-0872", "INV-2026-0827", "INV-2026-0001", "SHOP-17"].map(order);
  const near = (typed: string) => nearest(typed, all).map((n) => n.invoice);
  assert.equal(near("INV-2026-0287")[0], "INV-2026-0827");
  assert.equal(near("inv20260001")[0], "INV-2026-0001");
  assert.equal(near("INV-2O26-OOO1")[0], "INV-2026-0001");
  assert.deepEqual(near("0872"), ["INV-2026-0872"]);
  assert.deepEqual(near("0287").sort(), ["INV-2026-0827", "INV-2026-0872"]);
  assert.deepEqual(near("SH0P17"), ["SHOP-17"]);
  assert.deepEqual(near("completely else"), []);
  assert.deepEqual(near("7"), []);
});

test("distance counts a swap once", () => {
  assert.equal(distance("0827", "0872"), 1);
  assert.equal(distance("", "abc"), 3);
});

test("find asks for the exact number first, then in capitals, then looks around", async () => {
  const asked: Record<string, string>[] = [];
  const list = async (query: Record<string, string>) => {
    asked.push(query);
    const data: PaymentList = { payments: query.invoice_number ? [] : [order("INV-2026-0001")], cursor: undefined };
    return { ok: true as const, status: 200, data, replayed: false };
  };
  const result = await find({ q: "inv-2026-0010", from: "2026-11-30", status: "PAID" }, list);
  assert.ok(result.ok);
  assert.deepEqual(
    asked.map((q) => q.invoice_number),
    ["inv-2026-0010", "INV-2026-0010", undefined],
  );
  assert.deepEqual(result.found.payments, []);
  assert.deepEqual(
    result.found.near.map((n) => n.invoice),
    ["INV-2026-0001"],
  );
});

test("find goes on over empty pages, and keeps the cursor where it stopped", async () => {
  let page = 0;
  const list = async () => ({ ok: true as const, status: 200, replayed: false, data: { payments: [], cursor: `c${++page}` } });
  const result = await find({ last4: "0039" }, list);
  assert.ok(result.ok);
  assert.equal(page, 5);
  assert.equal(result.found.cursor, "c5");
});
