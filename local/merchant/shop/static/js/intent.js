// Captures and refunds that were requested, each kept until its outcome is known. A retry, a reload or another tab then
// sends the same request with the same key, so that no money moves twice.
import { letters } from "./random.js";
import { browser } from "./storage.js";

const place = (kind, invoice) => `${kind}:${invoice}`;

// intended returns {body, key} of the order's open capture or refund, or undefined.
export const intended = (kind, invoice) => browser.read(place(kind, invoice), undefined);

// intend keeps a new one. If one is open, that one must be finished first and is returned instead.
export function intend(kind, invoice, body) {
  const open = intended(kind, invoice);
  if (open) return open;
  const intent = { body, key: `${kind}-${letters(32)}` };
  browser.write(place(kind, invoice), intent);
  return intent;
}

export const settle = (kind, invoice) => browser.remove(place(kind, invoice));
