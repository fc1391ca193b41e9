// This module leads from the cart to DOKU's payment page.
import { payment, Problem } from "./api.js";
import { lines, onChange, total } from "./cart.js";
import { customer } from "./customer.js";
import { byId, el, ready, say, webAddress } from "./dom.js";
import { problemsOf } from "./fields.js";
import { openFrame } from "./frame.js";
import "./header.js";
import { rupiah } from "./money.js";
import { drawPaying, payWords, wish } from "./paying.js";
import { freeze, letGo, opened, pendingFor, refused, thaw } from "./pending.js";
import { place, StillUnknown } from "./place.js";
import { PriceChanged, quote } from "./quote.js";
import { createPage, newInvoice } from "./request.js";
import { loadCards } from "./savedcards.js";
import { ended, looked, moneyIn, story } from "./status.js";
import { browser, tab } from "./storage.js";
import { drawSummary } from "./summary.js";

const form = byId("form");
const pay = byId("pay");
const problems = problemsOf({
  "/customer": "email",
  "/customer/name": "name",
  "/customer/email": "email",
  "/customer/phone": "phone",
  "/payment/type": "plan-installment",
  "/payment/acquirer": "acquirer",
  "/payment/tenor": "tenor",
  "/override_configuration/themes/language": "language",
}, "problem");
let working = false;
let repriced; // the items with the back end's prices, if they differ from this page's

// start shows the state of this tab's order: an empty cart, a form, a request with an unknown outcome, or a page to pay
// on.
function start() {
  const items = lines();
  repriced = undefined;
  byId("nothing").hidden = items.length > 0;
  document.querySelector(".columns").hidden = items.length === 0;
  drawSummary(items);
  drawPaying(items);
  if (!working) settle(items);
  ready();
}

function settle(items) {
  const order = items.length ? pendingFor(items) : undefined;
  unlock();
  showResume(order?.url ? order : undefined);
  if (order?.url) stillOpen(order);
  else if (order) send(order);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (working) return;
  const items = lines();
  const details = Object.fromEntries(new FormData(form));
  const waiting = pendingFor(items);
  if (waiting) send(waiting);
  else if (!incomplete(details)) buy(items, details, wish(items));
});

// buy asks the back end for the prices, and sends the order if the customer saw the same prices.
async function buy(items, details, wanted) {
  lock();
  try {
    const [id, quoted] = await Promise.all([customer(), quote(newInvoice(), items, wanted.payment)]);
    const priced = items.map((item, i) => ({ ...item, ...quoted.order.line_items[i] }));
    if (quoted.order.amount !== total(repriced ?? items)) return reprice(priced);
    send(freeze(priced, createPage(quoted.order, { ...details, id }, wanted), quoted));
  } catch (error) {
    unlock();
    problems.show(`${error.message} Nothing has been charged.`, error.errors);
  }
}

// reprice shows the new prices, and lets the customer decide whether to press the button again.
function reprice(priced) {
  repriced = priced;
  unlock();
  drawSummary(priced);
  problems.show(`The prices have changed since you opened this page. Your order is ${rupiah(total(priced))} now.`);
}

function incomplete({ name, email, phone }) {
  const errors = [];
  if (!name.trim()) errors.push({ pointer: "/customer/name", detail: "Please tell us your name." });
  if (!email.trim() && !phone.trim()) errors.push({ pointer: "/customer", detail: "Please give an e-mail address or a phone number." });
  if (errors.length) problems.show("", errors);
  return errors.length > 0;
}

async function send(order) {
  lock();
  try {
    const { url, status } = await place(order, (asked) => say(byId("working"), patience(asked)));
    arrive(order, url, status);
  } catch (error) {
    if (error instanceof Problem && error.status === 409) return toOrder(order); // it exists: its own page shows its state
    unlock();
    if (error instanceof Problem || error instanceof PriceChanged) {
      refused(order);
      problems.show(error.message, error.errors);
    } else {
      keep(error);
    }
  }
}

const patience = (asked) => (asked < 3 ? "DOKU is opening your payment page…" :
  "This takes longer than usual. Nothing has been charged; we keep asking for the same order.");

function arrive(order, url, status) {
  const page = webAddress(url);
  if (moneyIn(status)) return toOrder(order, "paid");
  if (!page) {
    unlock();
    return keep(new StillUnknown());
  }
  opened(order, page);
  visit({ ...order, url: page });
}

// keep shows that the outcome is unknown. The request stays frozen: pressing the button sends it again, unchanged.
function keep(error) {
  byId("fields").disabled = true;
  say(pay, "Try again");
  problems.show(`${error.message} Nothing has been charged and your order is kept: trying again repeats this order, it never makes a second one.`);
  byId("problem").append(el("button", { type: "button", class: "quiet small", click: () => startOver() }, "Change my order instead"));
}

// visit goes to the payment page, or shows it in this page if the customer prefers that.
function visit(order) {
  if (!byId("frame").checked) {
    say(byId("working"), "Taking you to DOKU’s payment page…");
    location.assign(order.url);
    return;
  }
  unlock();
  openFrame({ ...order, amount: total(order.items) }, { onDone: () => toOrder(order), onClose: () => left(order) });
}

// left is called when the customer closes the window of the page.
function left(order) {
  showResume(order);
  stillOpen(order);
}

const toOrder = (order, back = "done") => location.assign(`/order.html?${new URLSearchParams({ invoice: order.invoice, back })}`);

// showResume offers the page of an order that waits for payment or, if that has ended, the next one.
function showResume(order, over = false) {
  byId("resume").hidden = !order;
  form.hidden = Boolean(order);
  if (!order) return;
  say(byId("resume-title"), over ? "Your payment page has ended" : "Your order is waiting for payment");
  const next = over ? " Nothing was charged. Paying again opens a new page for the same order." : "";
  say(byId("resume-words"), `Order ${order.invoice}, ${rupiah(total(order.items))}.${next}`);
  byId("resume-pay").hidden = over;
  byId("resume-again").hidden = !over;
  byId("resume-pay").href = order.url;
  byId("resume-pay").onclick = (event) => {
    if (!byId("frame").checked) return;
    event.preventDefault();
    visit(order);
  };
}

const elsewhere = "You can order again; if you paid, your payment is not lost: see under Orders.";

// stillOpen checks whether the order was paid or closed, or its page has ended, while the customer was away. Without an
// answer nothing changes.
async function stillOpen(order) {
  try {
    const { data } = await payment(order.invoice);
    if (moneyIn(data.status)) toOrder(order, "paid");
    else if (looked(data)) toOrder(order);
    else if (ended(data)) showResume(order, true);
    else if (data.closed || data.status === "AUTHORIZATION_EXPIRED") startOver(`${story(data).headline}: ${order.invoice}. ${elsewhere}`);
  } catch { /* the page's address is still the best there is */ }
}

// payAgain forgets the ended page, and sends the same request for the next one.
function payAgain() {
  thaw(pendingFor(lines()));
  start();
}

// startOver stops placing the order, and shows the reason if the customer did not ask for it.
function startOver(why) {
  letGo();
  problems.clear();
  start();
  if (why) problems.show(why);
}

function lock() {
  working = true;
  problems.clear();
  pay.focus();
  byId("fields").disabled = true;
  pay.setAttribute("aria-disabled", "true");
  say(byId("working"), patience(0));
}

function unlock() {
  working = false;
  byId("fields").disabled = false;
  pay.removeAttribute("aria-disabled");
  say(pay, payWords(repriced ?? lines()));
  say(byId("working"), "");
}

// The form's contents survive a reload in this tab. The choice of a window survives in every tab.
const typed = ["name", "email", "phone", "language"];
for (const id of typed) byId(id).value = tab.read("details", {})[id] ?? byId(id).value;
byId("frame").checked = browser.read("frame", false) === true;
form.addEventListener("input", () => {
  tab.write("details", Object.fromEntries(typed.map((id) => [id, byId(id).value])));
  browser.write("frame", byId("frame").checked);
  drawPaying(lines());
});

byId("start-over").addEventListener("click", () => startOver());
byId("resume-again").addEventListener("click", payAgain);
onChange(start);
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // only if the browser restored the page from its cache
  working = false;
  start();
});
await loadCards(() => drawPaying(lines()));
start();
