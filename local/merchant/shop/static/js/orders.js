// The orders of this browser and their statuses.
import { payment, Problem } from "./api.js";
import { byId, el, ready, say } from "./dom.js";
import { things } from "./header.js";
import { forgetAll, orders } from "./history.js";
import { rupiah, when } from "./money.js";
import { story } from "./status.js";

const AT_ONCE = 4;

function row({ invoice, amount, items, at }) {
  const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
  return el("li", {}, el("a", { class: "panel order", href: `/order.html?${new URLSearchParams({ invoice })}` },
    el("img", { src: `/img/${encodeURIComponent(items[0]?.id)}.svg`, width: 72, height: 54, alt: "" }),
    el("span", { class: "order-words" },
      el("strong", {}, items.map((item) => item.name).join(", ")),
      el("span", { class: "hint" }, `${when(at)} · ${things(quantity)} · `, el("span", { class: "number" }, invoice))),
    el("span", { class: "order-sum" }, rupiah(amount)),
    el("span", { class: "badge", "data-badge": invoice, "data-tone": "info" }, "Asking…")));
}

async function ask({ invoice }) {
  const badge = document.querySelector(`[data-badge="${CSS.escape(invoice)}"]`);
  let told;
  try {
    told = story((await payment(invoice)).data);
  } catch (error) {
    told = { tone: "info", label: error instanceof Problem && error.status === 404 ? "Not known" : "No answer" };
  }
  badge.dataset.tone = told.tone;
  say(badge, told.label);
}

// askAll reads a few orders at a time, newest first.
async function askAll(list) {
  const waiting = [...list];
  const worker = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift()) await ask(order);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function draw() {
  const list = orders();
  byId("orders").replaceChildren(...list.map(row));
  byId("nothing").hidden = list.length > 0;
  byId("forget").hidden = list.length === 0;
  ready();
  askAll(list);
}

byId("forget").addEventListener("click", () => {
  forgetAll();
  draw();
});
draw();
