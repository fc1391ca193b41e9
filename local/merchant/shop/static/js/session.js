// The customer for whom this page calls kasir. The shop's back end knows them by a cookie that no script can read, and
// returns a token that lives for minutes. The token stays in this page's memory, because another script could read a
// store.
import { askShop } from "./backend.js";
import { Unreachable } from "./http.js";

const EARLY = 30_000; // milliseconds: a token counts as expired this long before its end, so that it does not expire on its way

let held; // {asked: a promise of the session, token, end}

// session returns {token, customer}. It is requested once, and again when it has expired. It throws Unreachable, also
// if the back end refuses: kasir was not called, so the state there is unknown.
export function session() {
  if (!held || !(held.end > Date.now())) held = open();
  return held.asked;
}

// over drops the session with this token, which kasir refused, unless it was dropped already.
export function over(token) {
  if (held?.token === token) held = undefined;
}

function open() {
  const fresh = { end: Infinity }; // while the request runs, all callers wait for the same answer
  fresh.asked = askShop("/session").then((answer) => {
    fresh.token = answer.token;
    fresh.end = Date.now() + answer.expires_in * 1000 - EARLY;
    return answer;
  }, (error) => {
    if (held === fresh) held = undefined; // the next call tries again
    throw new Unreachable("The shop cannot tell who you are right now.", error);
  });
  return fresh;
}
