import { MOST, put, quantity } from "./cart.js";
import { product } from "./catalogue.js";
import { el, icon } from "./dom.js";

// stepper shows the quantity of a product in the cart, between a button for one less and one for one more.
export function stepper(id) {
  const name = product(id).name;
  const held = quantity(id);
  const less = () => put(id, quantity(id) - 1);
  const more = () => put(id, quantity(id) + 1);
  return el("div", { class: "stepper", role: "group", "aria-label": `How many ${name}` },
    el("button", { type: "button", class: "step", "data-step": "less", "aria-label": `One less ${name}`, click: less }, icon("minus")),
    el("span", { class: "held", "data-held": id }, String(held)),
    el("button", { type: "button", class: "step", "data-step": "more", "aria-label": `One more ${name}`, disabled: held >= MOST, click: more },
      icon("plus")));
}

// keepFocus runs a redraw and returns the focus to the button that had it, or to its neighbour if that is gone.
export function keepFocus(root, redraw) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const owner = focused?.closest("[data-product]")?.dataset.product;
  const step = focused?.dataset.step;
  redraw();
  if (!owner) return;
  const home = root.querySelector(`[data-product="${CSS.escape(owner)}"]`);
  const target = home?.querySelector(`[data-step="${step ?? "more"}"]:not(:disabled)`) ?? home?.querySelector("button:not(:disabled)") ??
    root.querySelector("button:not(:disabled), a[href]");
  target?.focus();
}
