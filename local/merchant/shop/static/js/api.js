// This module calls kasir's public HTTP API, as any frontend would.
import { exchange, Problem, Unreachable } from "./http.js";
import { over, session } from "./session.js";

export { Problem, Unreachable };

const WHO = "The payment service";

// createPayment requests a payment page. The body is DOKU's create-page body and the quote of the shop's back end.
export const createPayment = (body) => call("POST", "/payments", { body });

// payment reads an order: its amounts, its status, its page.
export const payment = (invoice, signal) => call("GET", `/payments/${encodeURIComponent(invoice)}`, { signal });

// refresh has the API ask DOKU about an order, and reads it.
export const refresh = (invoice, signal) => call("POST", `/payments/${encodeURIComponent(invoice)}/refresh`, { signal });

// tokens lists a customer's saved cards.
export const tokens = (customer) => call("GET", `/customers/${encodeURIComponent(customer)}/tokens`);

// forgetToken deletes a saved card.
export const forgetToken = (customer, token) =>
  call("DELETE", `/customers/${encodeURIComponent(customer)}/tokens/${encodeURIComponent(token)}`);

let settings;

async function base() {
  settings ??= fetch("/config.json").then((answer) => answer.json());
  try {
    return (await settings).api;
  } catch (cause) {
    settings = undefined; // the next call loads them again
    throw new Unreachable(`${WHO} cannot be reached.`, cause);
  }
}

// call returns {status, data, retryAfter}, or throws a Problem or Unreachable. A token that is refused is renewed once,
// because a request that was answered 401 had no effect.
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

function send(method, address, token, { body, signal } = {}) {
  const patience = AbortSignal.timeout(35_000); // the API gives up at 30 s
  return exchange(WHO, address, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body && { "Content-Type": "application/json" }),
    },
    body: body && JSON.stringify(body),
    credentials: "omit",
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  });
}
