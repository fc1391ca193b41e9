// This module places an order until its outcome is known.
import { createPayment, Problem, Unreachable } from "./api.js";
import { quoteOf } from "./quote.js";

const TRIES = 6;
// An earlier call for the same order may be running, as after a reload. Its answer usually comes in a moment, so the
// shop asks again soon, and not only at the latest end of that call. This many attempts last longer than that.
const LOOKS = 20;
const SOON = 2;

// StillUnknown means that the API was asked repeatedly and the outcome is unknown. Nothing is lost: the same request
// can be sent later.
export class StillUnknown extends Error {
  constructor(cause) {
    super(cause instanceof Unreachable ? cause.message : "The payment service has not decided yet.", { cause });
    this.name = "StillUnknown";
  }
}

// place sends the order's frozen request repeatedly, always the same, until the API returns the outcome. It returns
// {url, status}, or throws the Problem or PriceChanged that ends it, or StillUnknown. An order whose page has ended
// unpaid gets its next page by the same request. onWait receives the number of attempts.
export async function place(order, onWait = () => {}) {
  let cause, tries = 0, looks = 0;
  for (;;) {
    let pause;
    try {
      const { status, data, retryAfter } = await createPayment({ ...order.request, quote: await quoteOf(order) });
      if (status !== 202) return { url: data.credit_card_payment_page?.url, status: data.status };
      cause = undefined;
      pause = retryAfter;
      tries++;
    } catch (error) {
      if (!undecided(error)) throw error;
      cause = error;
      pause = error.retryAfter;
      if (error.status === 409) {
        pause = Math.min(pause ?? SOON, SOON);
        looks++;
      } else {
        tries++;
      }
    }
    onWait(tries + looks);
    if (tries >= TRIES || looks >= LOOKS) throw new StillUnknown(cause);
    await sleep(pause ?? tries);
  }
}

// undecided separates refusals from errors after which the order may exist, or will be decided in a moment. A 409 with
// Retry-After is a request that is still running; any other is a refusal.
function undecided(error) {
  if (error instanceof Unreachable) return true;
  if (!(error instanceof Problem)) return false;
  return error.status >= 500 || [408, 425, 429].includes(error.status) || (error.status === 409 && error.retryAfter !== undefined);
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(seconds, 0.3), 15) * 1000));
