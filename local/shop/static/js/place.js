// Placing an order until its outcome is known.
import { createPayment, Problem, Unreachable } from "./api.js";

const TRIES = 6;

// StillUnknown says that the API was asked again and again and the outcome is not known. Nothing is lost: the same
// request can be sent later.
export class StillUnknown extends Error {
  constructor(cause) {
    super(cause instanceof Unreachable ? cause.message : "The payment service has not decided yet.", { cause });
    this.name = "StillUnknown";
  }
}

// place sends the frozen request, again and again and always the same, until the API says what became of it. It returns
// {url, status}, or throws the Problem that refuses the order, or StillUnknown. onWait is told how often it has asked.
export async function place(request, onWait = () => {}) {
  let cause;
  for (let asked = 1; asked <= TRIES; asked++) {
    let pause;
    try {
      const { status, data, retryAfter } = await createPayment(request);
      if (status !== 202) return { url: data.credit_card_payment_page?.url, status: data.status };
      cause = undefined;
      pause = retryAfter;
    } catch (error) {
      if (!undecided(error)) throw error;
      cause = error;
      pause = error.retryAfter;
    }
    onWait(asked);
    if (asked < TRIES) await sleep(pause ?? asked);
  }
  throw new StillUnknown(cause);
}

// undecided tells errors after which the order may or may not exist (or will be decided in a moment) from refusals.
function undecided(error) {
  if (error instanceof Unreachable) return true;
  return error instanceof Problem && (error.status >= 500 || [408, 409, 425, 429].includes(error.status));
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(seconds, 0.3), 15) * 1000));
