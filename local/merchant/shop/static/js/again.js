// This module pays an order whose page has ended: the same request, with the same number, makes the next page.
import { Problem } from "./api.js";
import { webAddress } from "./dom.js";
import { opened, thaw } from "./pending.js";
import { place } from "./place.js";
import { PriceChanged } from "./quote.js";
import { moneyIn } from "./status.js";

// askAgain requests the next page of an order of this browser. It returns {page} with the page's address, {paid: true}
// if the order was paid meanwhile, or {problem} with a text. over means that the order cannot be paid in this way any
// more.
export async function askAgain(placed) {
  const order = thaw(placed);
  try {
    const { url, status } = await place(order);
    if (moneyIn(status)) return { paid: true };
    const page = webAddress(url);
    if (!page) return { problem: "The payment page did not come. Nothing has been charged; please try again." };
    opened(order, page);
    return { page };
  } catch (error) {
    if (error instanceof PriceChanged) return { problem: error.message, over: true };
    if (error instanceof Problem && error.status === 409) return { problem: error.message };
    return { problem: `${error.message} Nothing has been charged; trying again repeats this order, it never makes a second one.` };
  }
}
