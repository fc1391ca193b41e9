import { byId, el } from "./dom.js";
import { rupiah, when } from "./money.js";

const types = {
  VOID: "Cancelled before it was settled",
  FULL_REFUND: "Full refund",
  PARTIAL_REFUND: "Partial refund",
  MANUAL_FULL_REFUND: "Full refund, done by people at DOKU: takes some days",
  MANUAL_PARTIAL_REFUND: "Partial refund, done by people at DOKU: takes some days",
};

const statuses = {
  DONE: ["Done", "good"],
  SUCCESS: ["Done", "good"],
  OPEN: ["Being confirmed", "wait"],
  PENDING: ["Being confirmed", "wait"],
  PROCESSING: ["Being confirmed", "wait"],
  PARKED: ["Being looked at", "wait"],
  REVIEW: ["Being looked at", "wait"],
  IN_REVIEW: ["Being looked at", "wait"],
  MANUAL: ["On its way", "wait"],
};

// drawRefunds lists an order's refunds: [{amount, type, status, at}].
export function drawRefunds(refunds = []) {
  byId("refunds").hidden = refunds.length === 0;
  byId("refund-list").replaceChildren(...refunds.map(row));
}

function row({ amount, type, status, at }) {
  const [label, tone] = statuses[String(status).toUpperCase()] ?? [String(status ?? ""), "info"];
  return el("li", {},
    el("p", { class: "refund-words" }, el("strong", {}, rupiah(amount)), el("span", { class: "hint" }, [types[type] ?? type, when(at)].filter(Boolean).join(" · "))),
    label ? el("span", { class: "badge", "data-tone": tone }, label) : "");
}
