// The merchant's page: look up an order, capture a reserved amount, refund, decide, and close an unpaid order.
import { capture, Problem, refund, resolve } from "./api.js";
import { cardName } from "./card.js";
import { closing } from "./closing.js";
import { decisions } from "./decisions.js";
import { byId, el, ready, say } from "./dom.js";
import "./header.js";
import { orders } from "./history.js";
import { rupiah, when } from "./money.js";
import { operation } from "./operation.js";
import { drawRefunds } from "./refunds.js";
import { actAsMerchant } from "./session.js";
import { settled, story } from "./status.js";
import { watch } from "./watch.js";

let invoice = "", stop = () => {}, seen = "";

const capturing = operation("capture", {
  pointers: ["/payment/capture_amount", "/payment", ""],
  body: (order, amount) => (amount === order.authorization?.amount ? {} : { payment: { capture_amount: amount } }),
  amountOf: (body, order) => body.payment?.capture_amount ?? order.authorization?.amount ?? order.order.amount,
  send: (of, intent) => capture(of, intent.body, intent.key),
  done: (amount) => `Captured ${rupiah(amount)}.`,
  changed: follow,
});

const refunding = operation("refund", {
  pointers: ["/refund/amount", "/refund", ""],
  body: (order, amount) => ({ refund: { amount }, expected_refundable: order.refundable }),
  amountOf: (body) => body.refund.amount,
  send: (of, intent) => refund(of, intent.body, intent.key),
  done: (amount, { refund: made }) => (made?.status === "MANUAL" ?
    `DOKU’s people give ${rupiah(amount)} back; that takes some days.` : `Refunded ${rupiah(amount)}.`),
  changed: follow,
});

const close = closing(done);
const decide = decisions((body) => resolve(invoice, body), done);

// done shows the order after an action, and continues to watch it.
function done(order) {
  if (order.order.invoice_number !== invoice) return;
  [capturing, refunding].forEach((one) => one.reset()); // their last messages may be outdated
  draw(order);
  follow();
}

// follow watches the order that was looked up, from now on.
function follow() {
  stop();
  stop = watch(invoice, { onOrder, onError });
}

function onOrder(order) {
  say(byId("offline"), "");
  say(byId("invoice-error"), "");
  draw(order);
  // Money moved while an outcome was open. Repeating the request with the same key shows which it was.
  const now = JSON.stringify([order.status, order.captured, order.refunded, order.refundable, order.refunds]);
  const moved = seen !== now;
  seen = now;
  if (moved) [capturing, refunding].filter((one) => one.open()).forEach((one) => one.ask());
  return settled(order) && !capturing.open() && !refunding.open();
}

function onError(error) {
  if (error instanceof Problem && error.status === 404) {
    show(false);
    say(byId("invoice-error"), "There is no order with this number.");
    return true;
  }
  say(byId(byId("order").hidden ? "invoice-error" : "offline"), error.message);
}

function draw(order) {
  const { label, tone } = story(order);
  show(true);
  byId("order").dataset.status = order.status;
  say(byId("order-title"), order.order.invoice_number);
  say(byId("badge"), label);
  byId("badge").dataset.tone = tone;
  say(byId("note"), note(order));
  list("amounts", [
    ["Ordered", order.order.amount],
    ["Reserved", order.authorization?.amount],
    ["Captured", order.captured],
    ["Refunded", order.refunded],
    ["Refunded elsewhere", order.refunded_elsewhere],
    ["Charged back", order.charged_back],
    ["Refundable", order.refundable],
  ].filter(([, amount]) => Number.isInteger(amount)).map(([name, amount]) => [name, rupiah(amount)]));
  list("facts", [
    ["Status", order.status],
    ["Capture before", order.status === "AUTHORIZED" && when(order.authorization?.expires_at)],
    ["Card", order.card && cardName(order.card)],
    ["Bank", order.card?.issuer],
    ["Closed", order.closed && [when(order.closed.at), order.closed.username ?? order.closed.by, order.closed.note].filter(Boolean).join(" · ")],
    ...(order.remarks ?? []).map((remark) => ["To look at", `${remark.detail}, ${when(remark.at)}`]),
    ...(order.conflicts ?? []).filter((conflict) => conflict.decision).map(decided),
  ].filter(([, value]) => value));
  decide.draw(order);
  close.draw(order);
  capturing.draw(order, order.status === "AUTHORIZED" ? order.authorization?.amount ?? order.order.amount : 0);
  refunding.draw(order, order.refundable ?? 0);
  drawRefunds(order.refunds);
}

const decided = (conflict) => [conflict.decision === "counts" ? "Decided: it counts" : "Decided: none counts",
  [conflict.detail, conflict.decided && when(conflict.decided.at), conflict.decided?.username ?? conflict.decided?.by, conflict.decided?.note].filter(Boolean).join(" · ")];

function note(order) {
  if (order.conflict) return `DOKU and this order do not agree: ${order.conflict.reason ?? "unknown reason"}. Nothing moves until a person has decided.`;
  if (order.review) return "The outcome of an operation could not be learned. Nothing moves until a person has decided.";
  if (order.closed && order.refundable > 0) return "Paid although the order was closed. Pack it, or give the money back below.";
  if (order.closed && order.status === "AUTHORIZED") return "Reserved although the order was closed. Capture it, or let the reservation end.";
  if (order.closed) return "Closed: it gets no further page. A page that still stands at DOKU can be paid until it ends; you would see it here.";
  if (order.status === "AUTHORIZED") return `Reserved, not charged. Capture it before ${when(order.authorization?.expires_at) || "the reservation ends"}, or the amount goes free.`;
  if (order.late) return "Paid after its payment page had expired.";
  return "";
}

function list(id, facts) {
  byId(id).replaceChildren(...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function show(found) {
  byId("order").hidden = !found;
  if (found) return;
  for (const id of ["capture", "refund", "refunds", "decisions", "close"]) byId(id).hidden = true;
}

function lookUp(number) {
  stop();
  show(false);
  say(byId("invoice-error"), number ? "" : "Please give an order number.");
  invoice = number;
  seen = "";
  byId("invoice").value = number;
  history.replaceState(null, "", number ? `?${new URLSearchParams({ invoice: number })}` : location.pathname);
  if (number) follow();
}

function drawRecent() {
  const recent = orders().slice(0, 6);
  byId("recent").hidden = recent.length === 0;
  byId("recent-list").replaceChildren(...recent.map((order) => el("li", {},
    el("button", { type: "button", class: "quiet chip", click: () => lookUp(order.invoice) }, order.invoice))));
}

actAsMerchant();
byId("lookup").addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp(byId("invoice").value.trim());
});
drawRecent();
const asked = new URLSearchParams(location.search).get("invoice");
if (asked) lookUp(asked);
ready();
