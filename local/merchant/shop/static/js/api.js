// kasir's public HTTP API, as any frontend would call it.
import { exchange, Problem, Unreachable } from "./http.js";
import { over, session } from "./session.js";

export { Problem, Unreachable };

const WHO = "The payment service";

// createPayment asks for a payment page. The body is DOKU's create-page body, and the quote of the shop's back end.
export const createPayment = (body) => call("POST", "/payments", { body });

// payment reads an order: its amounts, its status, its page.
export const payment = (invoice, signal) => call("GET", `/payments/${encodeURIComponent(invoice)}`, { signal });

// capture takes what was reserved. The key makes a repeated request the same request.
export const capture = (invoice, body, key) => call("POST", `/payments/${encodeURIComponent(invoice)}/capture`, { body, key });

// refund gives money back. The key makes a repeated request the same refund.
export const refund = (invoice, body, key) => call("POST", `/payments/${encodeURIComponent(invoice)}/refunds`, { body, key });

// close ends an unpaid order: it gets no further page. Closing it again changes nothing.
export const close = (invoice, note) => call("POST", `/payments/${encodeURIComponent(invoice)}/close`, { body: note ? { note } : {} });

// resolve says what a person found out: {conflict, decision, note} or {operation, outcome, note}.
export const resolve = (invoice, body) => call("POST", `/payments/${encodeURIComponent(invoice)}/resolve`, { body });

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
    throw new Unreachable(`${WHO} cannot be reached.`, cause);
  }
}

// call returns {status, data, retryAfter}, or throws a Problem or Unreachable. A token that is not taken is renewed once: a
// request that was answered 401 has had no effect.
async function call(method, path, options) {
  const [root, { token }] = await Promise.all([base(), session()]);
  try {
    return await send(method, root + path, token, options);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
  over(token);
  return send(method, root + path, (await session()).token, options);
}

function send(method, address, token, { body, key, signal } = {}) {
  const patience = AbortSignal.timeout(35_000); // the API gives up at 30 s
  return exchange(WHO, address, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body && { "Content-Type": "application/json" }),
      ...(key && { "Idempotency-Key": key }),
    },
    body: body && JSON.stringify(body),
    credentials: "omit",
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  });
}
