// Who shops in this browser: an id that says nothing about the person, for DOKU to keep saved cards under.
import { letters } from "./random.js";
import { browser } from "./storage.js";

const KEY = "customer";

export const knownCustomer = () => browser.read(KEY, undefined);

// customer returns the id, made the first time it is needed.
export function customer() {
  const id = knownCustomer() ?? `CUST-${letters(16)}`;
  browser.write(KEY, id);
  return id;
}
