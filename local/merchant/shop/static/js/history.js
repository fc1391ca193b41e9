// The orders of this browser, newest first: [{invoice, amount, items, payment, at, request, done}]. The request asks
// for the order's next page, and is deleted once the order is done.
import { browser } from "./storage.js";

const KEY = "orders";
const MOST = 50;

export function orders() {
  const kept = browser.read(KEY, []);
  return Array.isArray(kept) ? kept : [];
}

export const placed = (invoice) => orders().find((order) => order.invoice === invoice);

export function remember(order) {
  browser.write(KEY, [order, ...orders().filter((other) => other.invoice !== order.invoice)].slice(0, MOST));
}

// finish marks an order as done, and reports whether it was open until now.
export function finish(invoice) {
  const order = placed(invoice);
  if (!order || order.done) return false;
  browser.write(KEY, orders().map((other) => (other.invoice === invoice ? { ...other, done: true, request: undefined } : other)));
  return true;
}

export function forget(invoice) {
  browser.write(KEY, orders().filter((order) => order.invoice !== invoice));
}

export const forgetAll = () => browser.remove(KEY);
