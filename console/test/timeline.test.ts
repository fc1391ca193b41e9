import assert from "node:assert/strict";
import test from "node:test";
import { timeline } from "../src/timeline.ts";

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
