// Paying an order whose page has ended: the same request, under the same number, makes its next page.
import { Problem } from "./api.js";
import { webAddress } from "./dom.js";
import { opened, thaw } from "./pending.js";
import { place } from "./place.js";
import { PriceChanged } from "./quote.js";
import { moneyIn } from "./status.js";

// askAgain asks for the next page of an order of this browser's list. It returns {page} with the page's address, {paid: true}
// when the order was paid meanwhile, or {problem} with a sentence; over says that the order can no longer be paid like this.
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
