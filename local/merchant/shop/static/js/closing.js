// This module closes an unpaid order on the merchant's page. The order then gets no more pages.
import { close } from "./api.js";
import { byId } from "./dom.js";
import { noted } from "./noted.js";
import { moneyIn } from "./status.js";

// closing connects the form "close-form" to an order. done(order) receives the API's answer. It returns {draw(order)}.
export function closing(done) {
  let invoice = "";
  const act = noted({ field: byId("close-note"), wrong: byId("close-note-error"), problem: byId("close-problem"), required: false }, done);

  byId("close-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(byId("close-button"), (note) => close(invoice, note));
  });

  function draw(order) {
    if (invoice !== order.order.invoice_number) byId("close-note").value = "";
    invoice = order.order.invoice_number;
    byId("close").hidden = Boolean(order.closed || order.authorization || order.captured) || moneyIn(order.status);
  }

  return { draw };
}
