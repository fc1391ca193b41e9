// The decisions that only a person can make about an order, after a look into DOKU's Back Office: reports that do not
// match it, refunds that DOKU's staff carry out, operations whose outcome is unknown.
import { byId, el, newID } from "./dom.js";
import { rupiah, when } from "./money.js";
import { noted } from "./noted.js";

// decisions shows a card for each decision in the panel "decisions". send(body) calls the API, done(order) receives its
// answer. It returns {draw(order)}.
export function decisions(send, done) {
  const cards = new Map(); // by the subject of the decision: a card with a started note must stay

  function draw(order) {
    const open = undecided(order);
    for (const key of cards.keys()) {
      if (open.some((one) => one.key === key)) continue;
      cards.get(key).remove();
      cards.delete(key);
    }
    for (const one of open) {
      if (cards.has(one.key)) continue;
      cards.set(one.key, card(one, send, done));
      byId("decision-list").append(cards.get(one.key));
    }
    byId("decisions").hidden = open.length === 0;
  }

  return { draw };
}

// undecided lists the open decisions: [{key, title, more, choices: [{words, body(note)}]}].
function undecided(order) {
  const number = order.order.invoice_number;
  const settle = (operation, outcome, words) => ({ words, body: (note) => ({ operation, outcome, note }) });
  return [
    ...(order.conflicts ?? []).filter((conflict) => !conflict.decision).map((conflict) => ({
      key: `${number} conflict ${conflict.id}`, title: `${conflict.detail}.`, more: [conflict.amount > 0 && rupiah(conflict.amount), when(conflict.at)],
      choices: choicesOf(conflict),
    })),
    ...(order.refunds ?? []).filter((refund) => refund.status === "MANUAL").map((refund) => ({
      key: `${number} refund ${refund.id}`, title: `DOKU’s people give ${rupiah(refund.amount)} back.`, more: ["Asked for", when(refund.at)],
      choices: [settle(refund.id, "done", "Carried out"), settle(refund.id, "refused", "Rejected")],
    })),
    ...(order.review?.operations ?? []).map((parked) => ({
      key: `${number} operation ${parked.id}`, title: `Did DOKU carry out ${parked.id} of ${rupiah(parked.amount)}?`,
      more: ["Since", when(parked.since), parked.request_id && `Request-Id ${parked.request_id}`],
      choices: [settle(parked.id, "done", "It did"), settle(parked.id, "refused", "It did not")],
    })),
  ];
}

// choicesOf offers that a payment counts only if one was reported.
function choicesOf({ id, amount }) {
  const choice = (decision, words) => ({ words, body: (note) => ({ conflict: id, decision, note }) });
  const none = choice("none", "None counts");
  return amount > 0 ? [choice("counts", `${rupiah(amount)} counts`), none] : [none];
}

function card({ title, more, choices }, send, done) {
  const id = newID("decision");
  const field = el("input", { id, autocomplete: "off", maxlength: 500, placeholder: "What you saw in DOKU’s Back Office" });
  const wrong = el("p", { class: "error", id: `${id}-error` });
  const problem = el("div", { class: "problem", role: "alert", hidden: true });
  const act = noted({ field, wrong, problem, required: true }, done);
  return el("li", {},
    el("h3", {}, title), el("p", { class: "hint" }, more.filter(Boolean).join(" · ")),
    el("div", { class: "field" }, el("label", { for: id }, "Why"), field, wrong),
    el("div", { class: "actions" }, ...choices.map(({ words, body }, i) =>
      el("button", { type: "button", class: i ? "quiet" : "button", click: (event) => act(event.currentTarget, (note) => send(body(note))) }, words))),
    problem);
}
