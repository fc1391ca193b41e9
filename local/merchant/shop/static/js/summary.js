import { byId, el, say } from "./dom.js";
import { rupiah } from "./money.js";

// row shows one line of an order: {id, name, price, quantity}.
export function row({ id, name, price, quantity }) {
  return el("li", { class: "line" },
    el("img", { src: `/img/${encodeURIComponent(id)}.svg`, width: 72, height: 54, alt: "" }),
    el("div", { class: "line-words" }, el("p", { class: "line-name" }, name), el("p", { class: "line-each" }, `${quantity} × ${rupiah(price)}`)),
    el("p", { class: "line-sum" }, rupiah(price * quantity)));
}

export function drawSummary(items) {
  byId("lines").replaceChildren(...items.map(row));
  say(byId("total"), rupiah(items.reduce((sum, line) => sum + line.price * line.quantity, 0)));
}
