// This module has the API ask DOKU about an order whose notification may have been lost.
import { payment, refresh } from "./api.js";
import { time } from "./clock.js";
import { payable } from "./status.js";

const WAIT = 60_000; // DOKU wants to be asked no earlier after a payment, and the API asks no more often

// reader returns a function that reads an order, as payment does. If the order can still be paid WAIT after the
// customer came back from its page, and from then on once in WAIT, it has the API ask DOKU first.
export function reader() {
  let next;
  return async (invoice, signal) => {
    const answer = await payment(invoice, signal);
    const at = await time();
    next ??= at + WAIT;
    if (at < next || !payable(answer.data, at)) return answer;
    next = at + WAIT;
    try {
      return await refresh(invoice, signal);
    } catch (error) {
      if (error.retryAfter) next = at + error.retryAfter * 1000;
      return answer; // DOKU was asked a moment ago, or does not answer
    }
  };
}
