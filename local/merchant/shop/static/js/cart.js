import { product } from "./catalogue.js";
import { browser } from "./storage.js";

const KEY = "cart";
export const MOST = 20; // of one product

// lines lists the items of the cart, in the order in which they were added: [{id, name, price, quantity}].
export function lines() {
  const kept = browser.read(KEY, []);
  if (!Array.isArray(kept)) return [];
  return kept
    .filter((line) => product(line.id) && Number.isInteger(line.quantity) && line.quantity > 0)
    .map((line) => ({ id: line.id, name: product(line.id).name, price: product(line.id).price, quantity: line.quantity }));
}

export const total = (of = lines()) => of.reduce((sum, line) => sum + line.price * line.quantity, 0);
export const count = () => lines().reduce((sum, line) => sum + line.quantity, 0);
export const quantity = (id) => lines().find((line) => line.id === id)?.quantity ?? 0;

// put sets the quantity of a product in the cart; none removes it.
export function put(id, wanted) {
  const held = lines().map(({ id, quantity }) => ({ id, quantity }));
  const line = held.find((line) => line.id === id);
  const quantity = Math.max(0, Math.min(MOST, wanted));
  if (line) line.quantity = quantity;
  else held.push({ id, quantity });
  save(held.filter((line) => line.quantity > 0));
}

export const empty = () => save([]);

// same reports whether two lists have the same items, in any order.
export function same(one, other) {
  const flat = (list) => list.map((line) => `${line.id}×${line.quantity}`).sort().join();
  return flat(one) === flat(other);
}

function save(held) {
  browser.write(KEY, held);
  changes.dispatchEvent(new Event("change"));
}

const changes = new EventTarget();

// onChange calls back when the cart changes, here or in another tab.
export function onChange(callback) {
  changes.addEventListener("change", callback);
  window.addEventListener("storage", (event) => event.key === KEY && callback());
}
