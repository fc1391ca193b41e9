// The cart in every page's header, and the drawer that it opens.
import { count, lines, onChange, put, total } from "./cart.js";
import "./clock.js";
import { byId, el, icon, say } from "./dom.js";
import { rupiah } from "./money.js";
import { keepFocus, stepper } from "./stepper.js";

const drawer = byId("cart");
const button = byId("open-cart");

export const things = (number) => (number === 1 ? "1 item" : `${number} items`);

export function openCart() {
  drawCart();
  if (!drawer.open) drawer.showModal();
}

function drawCount() {
  const held = count();
  say(button.querySelector(".count"), String(held));
  button.classList.toggle("filled", held > 0);
  button.setAttribute("aria-label", held ? `Cart, ${things(held)}, ${rupiah(total())}` : "Cart, empty");
}

function drawCart() {
  const held = lines();
  byId("cart-foot").hidden = held.length === 0;
  say(byId("cart-total"), rupiah(total(held)));
  byId("cart-lines").replaceChildren(held.length ? el("ul", { class: "lines" }, ...held.map(line)) : nothing());
}

function line({ id, name, price, quantity }) {
  return el("li", { class: "line", "data-product": id },
    el("img", { src: `/img/${id}.svg`, width: 72, height: 54, alt: "" }),
    el("div", { class: "line-words" }, el("p", { class: "line-name" }, name), el("p", { class: "line-each" }, `${rupiah(price)} each`)),
    el("p", { class: "line-sum" }, rupiah(price * quantity)),
    stepper(id),
    el("button", { type: "button", class: "quiet small", "aria-label": `Take ${name} out of the cart`, click: () => put(id, 0) }, "Remove"));
}

function nothing() {
  return el("div", { class: "nothing" },
    el("img", { src: "/img/empty.svg", width: 220, height: 150, alt: "" }),
    el("p", {}, "Your cart is empty."),
    el("button", { type: "button", class: "button", click: () => drawer.close() }, icon("basket"), "Keep looking"));
}

drawCount();
onChange(drawCount);
onChange(() => drawer.open && keepFocus(drawer, drawCart));
onChange(() => say(byId("announce"), `${things(count())} in your cart, ${rupiah(total())}`));
button.addEventListener("click", openCart);
drawer.querySelector("[data-close]").addEventListener("click", () => drawer.close());
drawer.addEventListener("click", (event) => event.target === drawer && drawer.close()); // the backdrop
