// Paying an order with kasir from a browser. An order has one invoice number. A request that is sent again under
// it is the same payment.

const ATTEMPTS = 8;
const PATIENCE = 35_000; // ms; kasir answers within 30 s
const MINUTE = 60_000; // DOKU is asked no more often

// openPage asks kasir for the order's payment page until it is known whether there is one. It returns the page's address, or
// undefined when there is nothing to pay any more. Its error says why there is no page.
export async function openPage(invoice) {
  let expired = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await askForPage(invoice);
    if (answer.status === 200 || answer.status === 201) {
      return payable.includes(outcome(answer.body)) ? answer.body.credit_card_payment_page?.url : undefined;
    }
    if (answer.status === 401 && !expired) { // the next attempt has a fresh token
      expired = true;
      continue;
    }
    if (!undecided(answer)) {
      console.error(answer.status, answer.body); // for you: the customer gets one sentence
      throw new Error(answer.body.detail ?? `This order cannot be paid now (${answer.status}).`);
    }
    await sleep(answer.retryAfter ?? attempt);
  }
  throw new Error("The payment page could not be opened. Please press Pay again: it stays the same order.");
}

// askForPage sends the order's request. It is the same each time, except for the quote, which your back end signs again.
async function askForPage(invoice) {
  const own = await checkout(invoice);
  if (own.status !== 200) return own;
  return call(`${own.body.api}/payments`, {
    method: "POST",
    headers: { authorization: `Bearer ${own.body.token}`, "content-type": "application/json" },
    body: JSON.stringify(own.body.request),
  });
}

// undecided reports whether the same request should be sent again. No answer (0) is no refusal. Nor is a 202, or a 409 that has
// Retry-After: the request is under way.
function undecided({ status, retryAfter }) {
  return [0, 202, 408, 425, 429].includes(status) || status >= 500 || (status === 409 && retryAfter !== undefined);
}

// follow asks how the order's payment stands, less and less often, until it is over or the signal says stop. It calls
// show(outcome, payment) after each answer.
export async function follow(invoice, show, signal) {
  let own, next = Date.now() + MINUTE;
  for (let pause = 1; !signal.aborted; pause = Math.min(pause * 1.5, 30)) {
    if (own?.status !== 200) own = await checkout(invoice);
    let answer = own.status === 200 ? await readPayment(invoice, own.body) : own;
    if (answer.status === 200 && outcome(answer.body) === "waiting" && Date.now() >= next) { // the notification may be lost
      next = Date.now() + MINUTE;
      const asked = await readPayment(invoice, own.body, "POST", "/refresh"); // kasir asks DOKU
      if (asked.status === 200) answer = asked;
    }
    if (signal.aborted) return;
    if (answer.status === 200) {
      const now = outcome(answer.body);
      show(now, answer.body);
      if (over.includes(now)) return;
    } else if (answer.status === 404) {
      return show(answer === own ? "missing" : "unpaid"); // your back end has no such order; kasir has no payment of it yet
    } else if (answer.status === 401) {
      own = undefined; // the token is too old: the next look has a fresh one
    } else {
      show("unreachable");
    }
    await sleep(pause);
  }
}

const readPayment = (invoice, { api, token }, method = "GET", path = "") =>
  call(`${api}/payments/${encodeURIComponent(invoice)}${path}`, { method, headers: { authorization: `Bearer ${token}` } });

// outcome puts a payment's status into the few words that a customer needs. Later versions of kasir may have more statuses.
export function outcome({ status, closed }) {
  if (["AUTHORIZED", "CAPTURING", "PAID"].includes(status)) return "paid";
  if (["PARTIALLY_REFUNDED", "REFUNDED", "VOIDED"].includes(status)) return "refunded";
  if (status === "AUTHORIZATION_EXPIRED") return "released";
  if (closed) return "closed";
  return { CREATING: "waiting", PENDING: "waiting", FAILED: "declined", EXPIRED: "expired" }[status] ?? "checking";
}

const over = ["paid", "refunded", "released", "closed"];

// payable lists the outcomes in which the customer may press Pay. It always sends the same request.
export const payable = ["unpaid", "waiting", "declined", "expired"];

export const words = {
  looking: "We are looking at your order…",
  missing: "We have no such order.",
  unpaid: "Your order is not paid yet.",
  waiting: "We have not heard of a payment yet. If you have paid, this page will say so by itself.",
  declined: "The payment was declined and nothing was charged. You can try again, with the same card or another one.",
  expired: "The payment page has ended and nothing was charged. You can still pay: a new page opens for the same order.",
  paid: "Your payment has arrived. Thank you!",
  refunded: "Your payment was refunded, in part or in full.",
  released: "The amount is no longer reserved on your card and nothing was charged.",
  closed: "The shop has closed this order. Please do not pay it any more.",
  checking: "We are checking your payment. Please do not pay again: we will write to you.",
  unreachable: "We cannot ask how your payment stands. This page keeps trying.",
};

// checkout asks your own back end for {api, token, request}.
const checkout = (invoice) => call(`/orders/${encodeURIComponent(invoice)}/checkout`, { method: "POST" });

// call returns an answer. Its status is 0 when none came, or one that cannot be read: then nothing is known.
async function call(address, init) {
  try {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...init });
    const after = answer.headers.get("retry-after");
    return { status: answer.status, body: await answer.json(), retryAfter: after === null ? undefined : Number(after) };
  } catch {
    return { status: 0, body: {} };
  }
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
