import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyWebhook, WebhookError, type KasirEvent } from "@kasir/client/server";
import { Webhook } from "standardwebhooks"; // the published library signs

const secret = `whsec_${Buffer.alloc(32, "a secret of 32 bytes").toString("base64")}`;
const other = `whsec_${Buffer.alloc(32, "another secret").toString("base64")}`;
const now = 1_789_000_000_000;
const body = JSON.stringify({
  type: "payment.paid", timestamp: "2026-09-10T00:26:40Z",
  data: { id: "evt-0123456789abcdef01234567", sequence: 4, at: "2026-09-10T00:26:40Z", amount: 90000, payment: { brand: "VISA" },
    order: { invoice_number: "INV-1 é", status: "PAID", amount: 90000, captured: 90000, refunded: 0, refundable: 90000 } },
});
const id = "evt-0123456789abcdef01234567";

function signed(by: string[] = [secret], at = now, content = body): Record<string, string> {
  const signatures = by.map((one) => new Webhook(one).sign(id, new Date(at), content));
  return { "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": signatures.join(" ") };
}

test("an event that the published library has signed is accepted", () => {
  const event: KasirEvent = verifyWebhook(secret, signed(), body, now);
  assert.deepEqual(event, JSON.parse(body));
  assert.equal(event.type === "payment.paid" && event.data.payment.brand, "VISA");
  assert.deepEqual(verifyWebhook(secret, new Headers(signed()), Buffer.from(body), now), event);
});

test("the published library accepts the same request", () => {
  const at = Date.now();
  assert.deepEqual(new Webhook(secret).verify(body, signed([secret], at)), verifyWebhook(secret, signed([secret], at), body));
});

test("while a secret is rotated, either signature by either secret is enough", () => {
  for (const [secrets, by] of [[[secret, other], [other]], [[secret], [other, secret]], [[other, secret], [other, secret]]] as const) {
    verifyWebhook(secrets, signed([...by]), body, now);
  }
  const future = signed();
  future["webhook-signature"] = `v2,AAAA v1a,AAAA v1,AAAA ${future["webhook-signature"]}`;
  verifyWebhook(secret, future, body, now);
});

const altered: [string, Record<string, string>, string][] = [
  ["another body", signed(), body.replace("90000", "1")],
  ["another id", { ...signed(), "webhook-id": "evt-1" }, body],
  ["another timestamp", { ...signed(), "webhook-timestamp": String(now / 1000 + 1) }, body],
  ["another secret", signed([other]), body],
  ["a signature of another version", { ...signed(), "webhook-signature": signed()["webhook-signature"]!.replace("v1,", "v2,") }, body],
  ["a part of the signature", { ...signed(), "webhook-signature": signed()["webhook-signature"]!.slice(0, 20) }, body],
  ["an empty signature", { ...signed(), "webhook-signature": "v1," }, body],
  ["an attempt of 301 seconds ago", signed([secret], now - 301_000), body],
  ["an attempt in 301 seconds", signed([secret], now + 301_000), body],
  ["a timestamp that is no number", { ...signed(), "webhook-timestamp": "1e9" }, body],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"].map((name): [string, Record<string, string>, string] =>
    [`no ${name}`, { ...signed(), [name]: "" }, body]),
];

for (const [what, headers, content] of altered) {
  test(`refused: ${what}`, () => {
    assert.throws(() => verifyWebhook(secret, headers, content, now), WebhookError);
  });
}

test("5 minutes are the limit, in both directions", () => {
  for (const seconds of [-300, 300]) verifyWebhook(secret, signed([secret], now + seconds * 1000), body, now);
});

test("a mistake of the caller's is no forged request", () => {
  for (const poor of ["", "whsec_", "a secret", undefined as unknown as string]) {
    assert.throws(() => verifyWebhook(poor, signed(), body, now), /whsec_ and base64/);
  }
  assert.throws(() => verifyWebhook([], signed(), body, now), WebhookError);
  assert.throws(() => verifyWebhook(secret, signed(), JSON.parse(body), now), /bytes of the request/);
});
