// Who this page acts for at kasir. The shop's back end says so, by a cookie that no script can read, and gives a token that
// lives for minutes. The token stays in this page's memory: what is in a store, another script could take away.
import { askShop } from "./backend.js";
import { Unreachable } from "./http.js";

const EARLY = 30_000; // milliseconds before its end a token counts as over, so that it does not end on its way

let path = "/session";
let held; // {asked: a promise of the session, token, end}

// actAsMerchant makes this page the merchant's instead of the customer's.
export function actAsMerchant() {
  path = "/session?as=merchant";
  held = undefined;
}

// session returns {token, customer}, asked for once and again when it is over. It throws Unreachable, also when the back end
// refuses: kasir was not asked, so nothing is known of what stands there.
export function session() {
  if (!held || !(held.end > Date.now())) held = open();
  return held.asked;
}

// over drops the session with this token, which kasir does not take, unless that has already happened.
export function over(token) {
  if (held?.token === token) held = undefined;
}

function open() {
  const fresh = { end: Infinity }; // as long as the back end is being asked, everybody waits for the same answer
  fresh.asked = askShop(path).then((answer) => {
    fresh.token = answer.token;
    fresh.end = Date.now() + answer.expires_in * 1000 - EARLY;
    return answer;
  }, (error) => {
    if (held === fresh) held = undefined; // so that the next call asks again
    throw new Unreachable("The shop cannot tell who you are right now.", error);
  });
  return fresh;
}
