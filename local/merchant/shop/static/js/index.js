// The shelf, from which the customer puts products into the cart.
import { count, onChange, put, quantity, total } from "./cart.js";
import { product, products } from "./catalogue.js";
import { byId, el, say } from "./dom.js";
import { openCart, things } from "./header.js";
import { rupiah } from "./money.js";
import { keepFocus, stepper } from "./stepper.js";

function addButton(id) {
  return el("button", { type: "button", "data-add": id, "aria-label": `Add ${product(id).name} to the cart`, click: () => put(id, 1) }, "Add");
}

function draw() {
  for (const { id } of products) {
    const place = document.querySelector(`.pick[data-product="${CSS.escape(id)}"]`);
    keepFocus(place.parentElement, () => place.replaceChildren(quantity(id) ? stepper(id) : addButton(id)));
  }
  byId("cart-bar").hidden = count() === 0;
  say(byId("cart-bar-words"), `${things(count())} · ${rupiah(total())}`);
}

draw();
onChange(draw);
byId("open-cart-bar").addEventListener("click", openCart);
