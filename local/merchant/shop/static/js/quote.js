// The shop's back end sets the price of an order. It signs it in a quote, and kasir accepts no other price.
import { askShop } from "./backend.js";
import { time } from "./clock.js";
import { renewed } from "./pending.js";

const EARLY = 30_000; // milliseconds: a quote counts as expired this long before its end, so that it does not expire on its way

// PriceChanged means that the price of an order has changed since it was frozen.
export class PriceChanged extends Error {
  constructor() {
    super("The prices have changed since you ordered, so this order can no longer be paid. Nothing has been charged.");
    this.name = "PriceChanged";
  }
}

// quote requests a quote: {token, end, order: {invoice_number, amount, line_items}}. The line items come in the items'
// sequence.
export async function quote(invoice, items, payment) {
  const answer = await askShop("/quote", {
    invoice_number: invoice,
    items: items.map(({ id, quantity }) => ({ id, quantity })),
    payment_type: payment.type,
  });
  return { token: answer.quote, end: await time() + answer.expires_in * 1000 - EARLY, order: answer.order };
}

// quoteOf returns the quote of a frozen order in kasir's form, a new one if it has expired. The request never changes:
// if a new quote has another content, the order cannot be placed any more.
export async function quoteOf(order) {
  if (await time() < (order.quote?.end ?? 0)) return order.quote.token;
  const fresh = await quote(order.invoice, order.items, order.request.payment);
  if (Object.entries(fresh.order).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(order.request.order[name]))) {
    throw new PriceChanged();
  }
  order.quote = fresh;
  renewed(order);
  return fresh.token;
}
