// This module shows the hosted page in a window of the shop, instead of leaving the shop.
import { byId, el, say, webAddress } from "./dom.js";
import { rupiah } from "./money.js";
import { ended, looked, moneyIn, reason } from "./status.js";
import { watch } from "./watch.js";

const dialog = byId("frame-dialog");
let leave; // closes the open frame

// openFrame shows the order's page ({invoice, url, amount}) and watches the order meanwhile. onDone is called when the
// customer has paid or the page sent them back, onClose if they closed the window before that.
export function openFrame({ invoice, url, amount }, { onDone, onClose }) {
  leave?.();
  say(byId("frame-title"), `Pay ${rupiah(amount)}`);
  say(byId("frame-status"), "Waiting for your payment.");
  byId("frame-out").href = webAddress(url);
  // The frame has no sandbox: it is the payment page itself, and a bank's 3-D Secure step in it needs forms, scripts
  // and pop-ups.
  const frame = el("iframe", { src: webAddress(url), title: "DOKU’s payment page", allow: "payment" });
  const wait = el("p", { class: "frame-wait" }, "Opening the payment page…");
  frame.addEventListener("load", () => wait.remove());
  byId("frame-body").replaceChildren(wait, frame);
  dialog.showModal();

  let done = false;
  const finish = () => {
    done = true;
    leave();
    onDone();
  };
  const stop = watch(invoice, {
    onOrder(order) {
      if (moneyIn(order.status) || looked(order) || order.closed) finish();
      else say(byId("frame-status"), tell(order));
      return done;
    },
    onError: () => say(byId("frame-status"), "The shop cannot ask for news right now. It keeps trying."),
  });
  // The page sends the frame back to the shop's order page, which notifies its parent instead of showing itself.
  const heard = (event) => {
    if (event.origin === location.origin && event.source === frame.contentWindow && event.data?.returned === invoice) finish();
  };
  const closed = () => {
    leave();
    if (!done) onClose();
  };
  window.addEventListener("message", heard);
  dialog.addEventListener("close", closed);
  leave = () => {
    leave = undefined;
    stop();
    window.removeEventListener("message", heard);
    dialog.removeEventListener("close", closed);
    byId("frame-body").replaceChildren();
    dialog.close();
  };
}

function tell(order) {
  if (ended(order)) return "This payment page has ended. Close this window to pay again.";
  if (order.status !== "FAILED") return "Waiting for your payment.";
  return `Declined: ${reason(order.failures?.at(-1))} You can try another card.`;
}

byId("frame-close").addEventListener("click", () => dialog.close());
