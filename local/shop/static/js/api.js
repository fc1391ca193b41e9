// kasir's public HTTP API, as any frontend would call it.

// Problem is an answer that is no success: application/problem+json (RFC 9457), or whatever stood in its place.
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super([body?.detail || body?.title || `The payment service answered ${status}.`, said(body?.doku)].filter(Boolean).join(" "));
    this.name = "Problem";
    this.status = status;
    this.errors = Array.isArray(body?.errors) ? body.errors : []; // [{pointer, detail}]
    this.retryAfter = retryAfter; // seconds, or undefined
  }
}

// said is DOKU's own reason of a refusal.
const said = (doku) => doku?.message && `DOKU said: ${doku.message}.`;

// Unreachable means that no answer came: nothing is known about what happened on the other side.
export class Unreachable extends Error {
  constructor(cause) {
    super("The payment service cannot be reached.", { cause });
    this.name = "Unreachable";
  }
}

// createPayment asks for a payment page. The body is DOKU's create-page body.
export const createPayment = (body) => call("POST", "/payments", { body });

// payment reads an order: its amounts, its status, its page.
export const payment = (invoice, signal) => call("GET", `/payments/${encodeURIComponent(invoice)}`, { signal });

// capture takes what was reserved. The key makes a repeated request the same request.
export const capture = (invoice, body, key) => call("POST", `/payments/${encodeURIComponent(invoice)}/capture`, { body, key });

// refund gives money back. The key makes a repeated request the same refund.
export const refund = (invoice, body, key) => call("POST", `/payments/${encodeURIComponent(invoice)}/refunds`, { body, key });

// tokens lists a customer's saved cards.
export const tokens = (customer) => call("GET", `/customers/${encodeURIComponent(customer)}/tokens`);

// forgetToken has a saved card forgotten.
export const forgetToken = (customer, token) =>
  call("DELETE", `/customers/${encodeURIComponent(customer)}/tokens/${encodeURIComponent(token)}`);

let settings;

async function base() {
  settings ??= fetch("/config.json").then((answer) => answer.json());
  try {
    return (await settings).api;
  } catch (cause) {
    settings = undefined; // so that the next call asks again
    throw new Unreachable(cause);
  }
}

// call returns {status, data, retryAfter}, or throws a Problem or Unreachable.
async function call(method, path, { body, key, signal } = {}) {
  const address = (await base()) + path;
  const patience = AbortSignal.timeout(35_000); // the API gives up at 30 s
  let answer, text;
  try {
    answer = await fetch(address, {
      method,
      headers: { ...(body && { "Content-Type": "application/json" }), ...(key && { "Idempotency-Key": key }) },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    text = await answer.text();
  } catch (cause) {
    throw new Unreachable(cause);
  }
  const data = parse(text);
  const retryAfter = seconds(answer.headers.get("Retry-After"));
  if (!answer.ok) throw new Problem(answer.status, data, retryAfter);
  return { status: answer.status, data, retryAfter };
}

function parse(text) {
  try {
    const data = JSON.parse(text);
    return data !== null && typeof data === "object" ? data : {};
  } catch {
    return {};
  }
}

function seconds(header) {
  return /^\d+$/.test(header ?? "") ? Number(header) : undefined;
}
