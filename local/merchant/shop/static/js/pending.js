// The one order that this tab is placing. Its request is frozen when the customer presses Pay. A double click, a reload
// or a lost answer repeats exactly that request, so the API recognises it and there is never a second order. The quote
// is not part of it and may be renewed.
import { same } from "./cart.js";
import { now } from "./clock.js";
import { noteOrder } from "./customer.js";
import { forget, remember } from "./history.js";
import { tab } from "./storage.js";

const KEY = "pending";

// pending returns {invoice, items, request, quote, url} or undefined. Without a url the outcome is unknown. A missing
// quote is requested.
export const pending = () => tab.read(KEY, undefined);

// pendingFor returns the pending order if it has exactly these items; a changed cart is another order.
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

// opened stores the page that the API returned for the order.
export function opened(order, url) {
  tab.write(KEY, { ...order, url });
}

// thaw makes an order of this browser's list the pending one again, to request its next page.
export function thaw({ invoice, items, request }) {
  const order = pending()?.invoice === invoice ? { ...pending(), url: undefined, again: true } : { invoice, items, request, again: true };
  tab.write(KEY, order);
  return order;
}

// renewed stores the order with a new quote.
export const renewed = (order) => tab.write(KEY, order);

// refused drops an order that the API refused. It exists nowhere, unless it was to be paid again.
export function refused(order) {
  tab.remove(KEY);
  if (!order.again) forget(order.invoice);
}

// letGo stops placing the order, which stays in the list of orders.
export const letGo = () => tab.remove(KEY);
