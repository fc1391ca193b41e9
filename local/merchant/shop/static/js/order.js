// The status of an order, updated without a reload.
import { askAgain } from "./again.js";
import { Problem } from "./api.js";
import { bankName } from "./banks.js";
import { empty, lines, put, same } from "./cart.js";
import { cardName } from "./card.js";
import { byId, el, icon, ready, say, webAddress } from "./dom.js";
import "./header.js";
import { finish, placed } from "./history.js";
import { rupiah, when } from "./money.js";
import { letGo, pending } from "./pending.js";
import { reader } from "./refresh.js";
import { drawRefunds } from "./refunds.js";
import { ended, looked, moneyIn, payable, reason, said, settled, story, unseen } from "./status.js";
import { row } from "./summary.js";
import { watch } from "./watch.js";

const query = new URLSearchParams(location.search);
const invoice = query.get("invoice") ?? "";
const mine = placed(invoice);
const icons = { good: "check", bad: "cross", wait: "clock", info: "info" };
let latest, asking = false, meanwhile = query.get("back") === "paid", stale = false;

function onOrder(order) {
  say(byId("offline"), "");
  latest = order;
  if (!ended(order)) say(byId("problem"), "");
  show(order.status, returned(further(story(order), order), order.status), actions(order));
  drawFacts(order);
  drawRefunds(order.refunds?.filter((refund) => refund.status !== "FAILED")); // a refund that DOKU refused concerns only the shop
  drawAttempts((order.failures ?? []).slice(0, order.status === "FAILED" ? -1 : undefined)); // then the last one is the headline
  if (moneyIn(order.status)) clearAway();
  if (order.closed && pending()?.invoice === invoice) letGo();
  return settled(order);
}

// further adds the possible actions after the end of a page.
function further(told, order) {
  if (!ended(order)) return told;
  const next = mine?.request && !stale ? "You can still pay: a new page opens for the same order." : "You can order again.";
  return { ...told, sentence: `${told.sentence} ${next}` };
}

// returned adds the most important news for a customer who was just sent back.
function returned(told, status) {
  if (status === "PAID" && meanwhile) return { ...told, sentence: `It was paid already, in another tab or browser. You are not charged twice. ${told.sentence}` };
  if (status !== "PENDING" || query.get("back") !== "done") return told;
  return { ...told, sentence: `You are back from DOKU’s page. ${told.sentence}` };
}

function onError(error) {
  if (error instanceof Problem && error.status === 404) {
    say(byId("offline"), "");
    return notFound();
  }
  const refusal = error instanceof Problem && error.status < 500 && error.status !== 429;
  if (!byId("status").dataset.status) {
    show("", { tone: "wait", headline: "We cannot tell yet", sentence: "The shop could not ask how your order stands." }, []);
  }
  say(byId("offline"), refusal ? error.message : "The payment service cannot be reached. What you see may be out of date; this page keeps asking.");
}

function notFound() {
  if (pending()?.invoice === invoice) {
    return show("404", { tone: "info", headline: "This order has not arrived yet",
      sentence: "Your browser still holds it. You can send it again; it stays one order." }, [link("/checkout.html", "Send it again")]);
  }
  show("404", unseen(invoice, Boolean(invoice) && (query.has("back") || Boolean(mine))), [link("/orders.html", "My orders")]);
}

function show(status, told, buttons) {
  const panel = byId("status");
  const key = JSON.stringify([status, told, buttons.map((button) => button.href ?? button.textContent)]);
  if (panel.dataset.key === key) return; // nothing new: leave the page and the focus unchanged
  panel.dataset.key = key;
  panel.dataset.status = status;
  panel.dataset.tone = told.tone;
  byId("status-icon").replaceChildren(icon(icons[told.tone]));
  say(byId("headline"), told.headline);
  say(byId("sentence"), told.sentence);
  byId("proof").hidden = !told.proof;
  byId("proof").replaceChildren(icon("seal"), "Confirmed by DOKU");
  byId("actions").replaceChildren(...buttons);
}

function actions(order) {
  const page = webAddress(payable(order));
  if (looked(order)) return [];
  if (asking) return [el("button", { type: "button", class: "button", "aria-disabled": "true" }, "Opening the payment page…")];
  if (ended(order)) return mine?.request && !stale ? [payAgain("Pay again")] : [again()];
  if (order.closed && !moneyIn(order.status)) return [again()];
  if (order.status === "FAILED" && page) return [link(page, "Try again")];
  if (order.status === "PENDING" && page) return [link(page, "Continue to payment", query.get("back") ? "button quiet" : "button")];
  if (order.status === "CREATING" && mine?.request) return [payAgain("Ask again")];
  if (order.status === "AUTHORIZATION_EXPIRED") return [again()];
  if (moneyIn(order.status)) return [link("/#goods", "Keep shopping", "button quiet")];
  return [];
}

const link = (href, words, look = "button") => el("a", { class: look, href }, words);

const payAgain = (words) => el("button", { type: "button", class: "button", click: openNext }, words);

// openNext requests the order's next page and goes there, or shows why there is none.
async function openNext() {
  if (asking) return;
  asking = true;
  say(byId("problem"), "");
  onOrder(latest);
  const { page, paid, problem, over } = await askAgain(mine);
  if (page) return location.assign(page);
  asking = false;
  stale ||= Boolean(over);
  meanwhile ||= Boolean(paid);
  onOrder(latest);
  say(byId("problem"), problem ?? "");
  byId("actions").querySelector("a, button")?.focus();
  follow();
}

// again puts the same items into the cart for a new order; the old one cannot be paid any more.
function again() {
  if (!mine) return link("/#goods", "Back to the shop");
  return el("button", { type: "button", class: "button", click: () => {
    letGo();
    empty();
    mine.items.forEach((item) => put(item.id, item.quantity));
    location.assign("/checkout.html");
  } }, "Order again");
}

// clearAway empties the cart that became this order, once.
function clearAway() {
  if (pending()?.invoice === invoice) letGo();
  if (finish(invoice) && same(lines(), mine.items)) empty();
}

function drawFacts(order) {
  const plan = order.installment ?? mine?.payment;
  const facts = [
    ["Order", order.order?.invoice_number ?? invoice],
    ["Amount", order.order && rupiah(order.order.amount)],
    ["Charged", order.captured && order.captured !== order.order?.amount && rupiah(order.captured)],
    ["Refunded", order.refunded && rupiah(order.refunded)],
    ["Reserved until", order.status === "AUTHORIZED" && when(order.authorization?.expires_at)],
    ["Installments", plan?.tenor && `${plan.tenor} months, ${bankName(plan.acquirer)}`],
    ["Placed", mine && when(mine.at)],
    ["Card", order.card && cardName(order.card)],
    ["Bank", order.card?.issuer],
  ].filter(([, value]) => value);
  byId("facts").replaceChildren(...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function drawAttempts(failures) {
  byId("attempts").hidden = failures.length === 0;
  byId("attempt-list").replaceChildren(...failures.toReversed().map((failure) =>
    el("li", {}, el("p", {}, reason(failure)), el("p", { class: "hint" }, [when(failure.at), said(failure)].filter(Boolean).join(" · ")))));
}

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // only if the browser restored the page from its cache
  asking = false;
  follow();
});

let stop = () => {};

// follow watches the order, from now on.
function follow() {
  stop();
  stop = watch(invoice, { onOrder, onError, read: query.has("back") ? reader() : undefined });
}

function start() {
  byId("lines").replaceChildren(...(mine?.items ?? []).map(row));
  drawFacts({ order: mine && { invoice_number: invoice, amount: mine.amount } });
  if (invoice) follow();
  else notFound();
  if (invoice && byId("to-console")) byId("to-console").href += `/orders/${encodeURIComponent(invoice)}`;
  ready();
}

// Inside a frame of the shop the customer has just come back from the hosted page. The page around the frame continues.
if (window.parent !== window) window.parent.postMessage({ returned: invoice }, location.origin);
else start();
