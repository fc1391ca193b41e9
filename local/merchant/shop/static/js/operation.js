// A form of the merchant's page that moves money: capture or refund. Its request is kept until the outcome is known.
import { Problem, Unreachable } from "./api.js";
import { byId, el, say } from "./dom.js";
import { problemsOf } from "./fields.js";
import { intend, intended, settle } from "./intent.js";
import { rupiah } from "./money.js";

// operation connects the form with the ids "<kind>", "<kind>-form", … to an operation. body(order, amount) builds its
// request, amountOf(body, order) reads the amount back, send(invoice, intent) calls the API, done(amount, data) returns
// the text of success, changed() is called when the order may have changed. It returns {draw(order, most), ask(order),
// reset(), open()}; reset removes the last message.
export function operation(kind, { pointers, body, amountOf, send, done, changed }) {
  const part = (name) => byId(`${kind}-${name}`);
  const problems = problemsOf(Object.fromEntries(pointers.map((pointer) => [pointer, `${kind}-amount`])), `${kind}-problem`);
  let order, busy = false, spent = false;

  // draw shows the form for an order, of which at most this amount can be moved.
  function draw(latest, most) {
    const another = order?.order.invoice_number !== latest.order.invoice_number;
    const before = order?.most;
    order = { ...latest, most };
    const open = intended(kind, latest.order.invoice_number);
    byId(kind).hidden = most <= 0 && !open && !part("outcome").textContent;
    part("form").querySelector(".field").hidden = most <= 0 && !open;
    if (another) reset();
    if (another || (before !== most && !open && !spent)) part("amount").value = digits(most);
    lock(open);
  }

  function reset() {
    spent = false;
    problems.clear();
    say(part("outcome"), "");
  }

  // clear empties the amount: a second press that comes a moment too late must not move more.
  function clear() {
    spent = true;
    part("amount").value = "";
  }

  function lock(open) {
    part("amount").readOnly = Boolean(open);
    if (open) part("amount").value = digits(amountOf(open.body, order));
    say(part("button"), open ? "Ask again" : kind === "capture" ? "Capture" : "Refund");
  }

  async function press(event) {
    event.preventDefault();
    if (busy || !order) return;
    const invoice = order.order.invoice_number;
    const amount = whole(part("amount").value);
    if (!intended(kind, invoice) && !(amount > 0)) {
      return problems.show("", [{ pointer: pointers[0], detail: "Please give an amount in whole rupiah." }]);
    }
    intend(kind, invoice, body(order, amount));
    await ask();
  }

  // ask sends the kept request, for the first time or again, and shows the outcome.
  async function ask() {
    const invoice = order.order.invoice_number;
    const open = intended(kind, invoice);
    if (busy || !open) return;
    busy = true;
    problems.clear();
    part("button").setAttribute("aria-disabled", "true");
    lock(open);
    say(part("outcome"), "Asking DOKU…");
    const told = await outcome(send(invoice, open));
    busy = false;
    part("button").removeAttribute("aria-disabled");
    if (order.order.invoice_number === invoice) tell(told, open);
    if (told.known) settle(kind, invoice);
    if (told.known && !told.problem) clear();
    if (order.order.invoice_number === invoice) lock(intended(kind, invoice));
    changed();
  }

  function tell({ known, sentence, data, problem, undecided }, open) {
    say(part("outcome"), problem ? "" : sentence ?? done(amountOf(open.body, order), data));
    if (!problem) return;
    problems.show(problem.message, problem.errors);
    if (known || !undecided) return;
    part("problem").append(el("button", { type: "button", class: "quiet small", click: () => drop() }, "Give this one up"));
  }

  // drop gives up an operation that the API neither does nor refuses. Only a person may decide that.
  function drop() {
    settle(kind, order.order.invoice_number);
    reset();
    changed();
  }

  part("form").addEventListener("submit", press);
  return { draw, ask, reset, open: () => Boolean(order && intended(kind, order.order.invoice_number)) };
}

const confirming = "Being confirmed: DOKU has not said yet whether it was done. The amount stays set aside, and asking again never moves it twice.";

// outcome turns the API's answer into done, refused, or not known yet. A request with an unknown outcome is kept.
async function outcome(answer) {
  try {
    const { status, data } = await answer;
    return status === 202 ? { sentence: confirming } : { known: true, data };
  } catch (error) {
    if (error instanceof Unreachable || error.status >= 500 || [408, 425, 429].includes(error.status)) {
      return { sentence: `${error.message} ${confirming}` };
    }
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401 || error.status === 403) return { problem: error, undecided: true }; // this try did nothing, an earlier one may have
    if (error.status === 409) return error.retryAfter === undefined ? { problem: error, undecided: true } : { sentence: confirming };
    return { known: true, problem: error };
  }
}

const digits = (amount) => rupiah(amount).slice(2);
const whole = (typed) => (/^\s*(Rp)?\s*[\d.]+\s*$/i.test(typed) ? Number(typed.replace(/\D/g, "")) : NaN);
