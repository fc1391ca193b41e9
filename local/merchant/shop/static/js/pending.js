// The one order this tab is placing. Its request is frozen when the customer presses Pay: a double click, a reload or a lost
// answer repeats exactly that request, so the API recognises it and there is never a second order. Its quote is no part of
// what must stay the same.
import { same } from "./cart.js";
import { now } from "./clock.js";
import { noteOrder } from "./customer.js";
import { forget, remember } from "./history.js";
import { tab } from "./storage.js";

const KEY = "pending";

// pending returns {invoice, items, request, quote, url} or undefined. Without a url the outcome is not known yet. The quote may
// be missing: then it is asked for.
export const pending = () => tab.read(KEY, undefined);

// pendingFor is the pending order when it holds just these items; a changed cart is another order.
export function pendingFor(items) {
  const order = pending();
  return order && same(order.items, items) ? order : undefined;
}

export function freeze(items, request, quote) {
  const invoice = request.order.invoice_number;
  const order = { invoice, items, request, quote };
  tab.write(KEY, order);
  noteOrder();
  remember({ invoice, items, request, amount: request.order.amount, payment: request.payment, at: new Date(now()).toISOString() });
  return order;
}

// opened notes the page the API gave for the order.
export function opened(order, url) {
  tab.write(KEY, { ...order, url });
}

// thaw makes an order of this browser's list the pending one again, to ask for its next page.
export function thaw({ invoice, items, request }) {
  const order = pending()?.invoice === invoice ? { ...pending(), url: undefined, again: true } : { invoice, items, request, again: true };
  tab.write(KEY, order);
  return order;
}

// renewed keeps an order whose quote is a new one.
export const renewed = (order) => tab.write(KEY, order);

// refused drops an order the API declined to take: it exists nowhere, unless it was to be paid again.
export function refused(order) {
  tab.remove(KEY);
  if (!order.again) forget(order.invoice);
}

// letGo stops placing the order, which stays in the list of orders.
export const letGo = () => tab.remove(KEY);
