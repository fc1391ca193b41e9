// What an order costs is the shop's back end's to say: it signs that in a quote, and kasir takes no other price.
import { askShop } from "./backend.js";
import { time } from "./clock.js";
import { renewed } from "./pending.js";

const EARLY = 30_000; // milliseconds before its end a quote counts as over, so that it does not end on its way

// PriceChanged says that an order does not cost any more what it did when it was frozen.
export class PriceChanged extends Error {
  constructor() {
    super("The prices have changed since you ordered, so this order can no longer be paid. Nothing has been charged.");
    this.name = "PriceChanged";
  }
}

// quote asks for one: {token, end, order: {invoice_number, amount, line_items}}. The line items come in the items' sequence.
export async function quote(invoice, items, payment) {
  const answer = await askShop("/quote", {
    invoice_number: invoice,
    items: items.map(({ id, quantity }) => ({ id, quantity })),
    payment_type: payment.type,
  });
  return { token: answer.quote, end: await time() + answer.expires_in * 1000 - EARLY, order: answer.order };
}

// quoteOf returns the quote of a frozen order as kasir wants it, asked for anew when it is over. The request stays what it is:
// when a new quote says something else, the order cannot be placed any more.
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
