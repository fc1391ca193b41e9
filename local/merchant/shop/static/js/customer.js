// Who shops in this browser: an id that says nothing about the person, for DOKU to keep saved cards under. The shop's back end
// makes it, and knows the browser by a cookie.
import { session } from "./session.js";
import { browser } from "./storage.js";

const KEY = "ordered";

export const customer = async () => (await session()).customer;

// hasOrdered tells whether an order was ever placed here: before that there are no saved cards to ask for.
export const hasOrdered = () => browser.read(KEY, false) === true;

export const noteOrder = () => browser.write(KEY, true);
