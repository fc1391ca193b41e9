import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { clientCredentials, Kasir, KasirError, type PageRequest } from "@kasir/client";
import { quote } from "@kasir/client/server";
import { answer, drop, environment, gateway, loseAnswer, pays, post, type Step } from "./stack.js";

const api = await gateway(environment("API_URL"));
const issuer = await gateway(new URL(environment("TOKEN_URL")).origin);
after(() => { api.close(); issuer.close(); });

const tokenUrl = issuer.url + new URL(environment("TOKEN_URL")).pathname;
const backEnd = clientCredentials({ url: tokenUrl, clientId: "shop", clientSecret: "any" });
const kasir = new Kasir({ url: api.url, token: backEnd });
const impatient = new Kasir({ url: api.url, token: backEnd, patience: 0 });

const fault = (endpoint: string, name: string) => post(`${environment("SANDBOX_URL")}/control/faults/next`, { endpoint, fault: name });
const settle = (invoice: string) => post(`${environment("SANDBOX_URL")}/control/settle`, { invoice_number: invoice });

function terms(invoice = `INV-${randomUUID()}`): PageRequest {
  return {
    order: { invoice_number: invoice, amount: 90000, line_items: [{ name: "Kopi Gayo 250 g", price: 45000, quantity: 2 }] },
    customer: { id: "CUST-1", email: "budi@example.com" },
  };
}

async function paid(): Promise<string> {
  const { order, credit_card_payment_page: page } = await kasir.createPage(terms());
  await pays(page!.url, order.invoice_number);
  return order.invoice_number;
}

// sent returns the requests that reached the gateway during an act.
async function sent<T>(act: () => Promise<T>) {
  const from = api.seen.length;
  const result = await act();
  return { result, requests: api.seen.slice(from) };
}

async function refused(act: Promise<unknown>): Promise<KasirError> {
  const error = await act.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof KasirError, String(error));
  return error;
}

test("a payment, from the page to the refund", async () => {
  const body = terms();
  const page = await kasir.createPage(body);
  assert.equal(page.status, "PENDING");
  assert.deepEqual(await kasir.createPage(body), page);
  await pays(page.credit_card_payment_page!.url, page.order.invoice_number);
  const payment = await kasir.payment(page.order.invoice_number);
  assert.deepEqual([payment.status, payment.captured, payment.refundable], ["PAID", 90000, 90000]);
  await settle(page.order.invoice_number);
  const refunded = await kasir.refund(page.order.invoice_number, randomUUID(), 30000, 90000);
  assert.deepEqual([refunded.refund.status, refunded.status, refunded.refundable], ["SUCCESS", "PARTIALLY_REFUNDED", 60000]);
});

test("a refund in the Back Office is recorded once, and DOKU is asked", async () => {
  const invoice = await paid();
  const key = randomUUID();
  for (const _ of [1, 2]) {
    const payment = await kasir.record(invoice, key, { kind: "refund", amount: 50000, reference: "RF-4711", note: "refunded by hand" });
    assert.deepEqual([payment.refundable, payment.refunded_elsewhere], [40000, 50000]);
  }
  const error = await refused(kasir.record(invoice, key, { kind: "refund", amount: 40000, note: "another" }));
  assert.equal(error.status, 409);
  assert.equal((await kasir.refresh(invoice)).refundable, 40000);
  const soon = await refused(impatient.refresh(invoice));
  assert.deepEqual([soon.status, soon.repeatable], [429, true]);
});

test("an authorisation is captured in part", async () => {
  const body = { ...terms(), payment: { type: "AUTHORIZE" as const } };
  const page = await kasir.createPage(body);
  await pays(page.credit_card_payment_page!.url, page.order.invoice_number, "AUTHORIZED");
  assert.equal((await kasir.capture(page.order.invoice_number, 60000)).captured, 60000);
});

test("an order without an invoice number is named by its key, and can be closed", async () => {
  const body = terms();
  delete body.order.invoice_number;
  const key = randomUUID();
  const page = await kasir.createPage(body, key);
  assert.deepEqual(await kasir.createPage(body, key), page);
  assert.ok((await kasir.close(page.order.invoice_number, "the customer changed their mind")).closed);
});

test("saved cards of a customer whose id a path cannot hold", async () => {
  assert.deepEqual(await kasir.savedCards("a/b?é"), []);
  assert.equal((await refused(kasir.forgetCard("a/b", "no such card"))).status, 404);
});

test("the back end signs the price, and the customer's token asks for the page", async () => {
  const body = terms();
  const customer = clientCredentials({ url: tokenUrl, clientId: "CUST-1", scope: "payments:create payments:read" });
  const browser = new Kasir({ url: api.url, token: customer });
  assert.deepEqual((await refused(browser.createPage(body))).problem?.errors?.map((wrong) => wrong.pointer), ["/quote"]);
  const { invoice_number, amount, line_items } = body.order;
  const signed = quote(environment("QUOTE_KEY"), { invoice_number: invoice_number!, amount, line_items, sub: "CUST-1" });
  assert.equal((await browser.createPage({ ...body, quote: signed })).status, "PENDING");
  assert.throws(() => quote("short", { invoice_number: "INV-1", amount: 1 }), /32 bytes/);
});

test("an error names every wrong field", async () => {
  const body = terms();
  body.order.amount = 1;
  body.customer = {};
  const { requests, result: error } = await sent(() => refused(kasir.createPage(body)));
  assert.equal(requests.length, 1);
  assert.deepEqual([error.status, error.repeatable], [422, false]);
  assert.match(error.message, /kasir answered 422: .*\/order\/amount is 1, but.*\/customer\/email is required/s);
});

test("an answer was lost: the same request is sent again, and is the same page", async () => {
  const proxy: Step = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Please sign in.</p>");
  api.steps.push(drop, loseAnswer, proxy);
  const { requests, result } = await sent(() => kasir.createPage(terms()));
  assert.equal(result.status, "PENDING");
  assert.equal(requests.length, 4);
  assert.equal(new Set(requests.map(({ body }) => body)).size, 1);
});

test("a refund whose answer was lost is one refund", async () => {
  const invoice = await paid();
  await settle(invoice);
  api.steps.push(loseAnswer, answer(503), answer(429, { "retry-after": "1" }));
  const key = randomUUID();
  const { requests, result } = await sent(() => kasir.refund(invoice, key, 30000));
  assert.deepEqual(requests.map(({ headers }) => headers["idempotency-key"]), [key, key, key, key]);
  assert.equal(result.refunded, 30000);
  assert.equal((await kasir.payment(invoice)).refunds?.length, 1);
});

test("202: the same request goes again after Retry-After, and not before", async () => {
  const invoice = await paid();
  await settle(invoice);
  await fault("refund", "error_after");
  const { requests, result } = await sent(() => kasir.refund(invoice, randomUUID(), 30000));
  assert.equal(requests.length, 2);
  assert.deepEqual([result.refund.status, result.refunded], ["SUCCESS", 30000]);
});

test("409 with Retry-After: the request is under way elsewhere", async () => {
  const invoice = await paid();
  await settle(invoice);
  await fault("refund", "error_after");
  const key = randomUUID();
  const error = await refused(impatient.refund(invoice, key, 30000));
  assert.deepEqual([error.status, error.repeatable, error.message], [202, true, "The outcome is not known yet."]);
  assert.ok(error.retryAfter! > 0);
  assert.equal((await refused(impatient.refund(invoice, key, 30000))).status, 409);
  assert.equal((await kasir.refund(invoice, key, 30000)).refunded, 30000);
});

test("409 without Retry-After is final", async () => {
  const { requests, result: error } = await sent(async () => refused(kasir.capture(await paid())));
  assert.deepEqual([error.status, error.repeatable], [409, false]);
  assert.equal(requests.filter(({ path }) => path.endsWith("/capture")).length, 1);
});

test("when patience ends, the error says that the request may be sent again", async () => {
  api.steps.push(answer(503), drop);
  const unavailable = await refused(impatient.payment("INV-1"));
  assert.deepEqual([unavailable.status, unavailable.repeatable, unavailable.message], [503, true, "kasir answered 503: Service Unavailable"]);
  const silent = await refused(impatient.payment("INV-1"));
  assert.deepEqual([silent.status, silent.repeatable], [0, true]);
  assert.match(silent.message, /No answer came from http.*INV-1/);
});

test("a caller who gives up is not kept waiting", async () => {
  const given = AbortSignal.abort();
  await assert.rejects(kasir.api.GET("/payments/{invoice_number}", { params: { path: { invoice_number: "INV-1" } }, signal: given }), { name: "AbortError" });
});

test("calls at the same time share one token, and one renewal", async () => {
  const own = new Kasir({ url: api.url, token: clientCredentials({ url: tokenUrl, clientId: "a b", clientSecret: "c:d" }) });
  issuer.steps.push(answer(503), (response) => response.writeHead(200).end('{"access_token":"stale","expires_in":3600}'));
  const from = issuer.seen.length;
  const errors = await Promise.all([1, 2, 3, 4, 5].map((n) => refused(own.payment(`NO-${n}`))));
  assert.deepEqual(errors.map(({ status }) => status), [404, 404, 404, 404, 404]);
  const asked = issuer.seen.slice(from);
  assert.equal(asked.length, 3); // 503, a token that kasir refuses, a good one
  assert.equal(asked[0]!.headers.authorization, `Basic ${btoa("a%20b:c%3Ad")}`);
  assert.equal(asked[0]!.body, "grant_type=client_credentials");
  await refused(own.payment("NO-6"));
  assert.equal(issuer.seen.length, from + 3);
});

test("a token that has ended is not used", async () => {
  const own = new Kasir({ url: api.url, token: clientCredentials({ url: tokenUrl }) });
  issuer.steps.push((response) => response.writeHead(200).end('{"access_token":"ended","expires_in":0}'));
  const { requests } = await sent(() => refused(own.payment("NO-1")));
  assert.equal(requests.length, 1);
  assert.notEqual(requests[0]!.headers.authorization, "Bearer ended");
});

test("a token that cannot be had is an error with the issuer's reason, and the next call asks again", async () => {
  const own = new Kasir({ url: api.url, token: clientCredentials({ url: tokenUrl, scope: "payments:fly" }) });
  for (let i = 0; i < 2; i++) {
    const error = await refused(own.payment("INV-1"));
    assert.deepEqual([error.status, error.repeatable], [400, false]);
    assert.match(error.message, /without a token. invalid_scope: there is no scope payments:fly/);
  }
  const refusing = new Kasir({ url: api.url, token: () => "stale" });
  const { requests, result: error } = await sent(() => refused(refusing.payment("INV-1")));
  assert.deepEqual([error.status, error.message, requests.length], [401, "kasir answered 401: Unauthorized", 2]);
});
