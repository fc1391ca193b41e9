// The id of this browser's customer, under which DOKU keeps saved cards. It contains nothing about the person. The
// shop's back end makes it, and recognises the browser by a cookie.
import { session } from "./session.js";
import { browser } from "./storage.js";

const KEY = "ordered";

export const customer = async () => (await session()).customer;

// hasOrdered reports whether this browser has ever placed an order. Without one there are no saved cards to load.
export const hasOrdered = () => browser.read(KEY, false) === true;

export const noteOrder = () => browser.write(KEY, true);
