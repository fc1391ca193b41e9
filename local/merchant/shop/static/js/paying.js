// The customer's way of paying: all at once, in installments, or when the order ships; with a new card or a saved one.
import { banks } from "./banks.js";
import { total } from "./cart.js";
import { product } from "./catalogue.js";
import { byId, el, say } from "./dom.js";
import { rupiah } from "./money.js";
import { chosenCard } from "./savedcards.js";

const LEAST = 200_000; // banks set their own least amounts for installments; this is the shop's
const MONTHS = [3, 6, 12];

const later = (items) => items.some((item) => product(item.id)?.made_to_order);
const inParts = () => byId("plan-installment").checked && !byId("plan-installment").disabled;

// payWords returns the text of the button.
export const payWords = (items) => `${later(items) ? "Reserve" : "Pay"} ${rupiah(total(items))}`;

// wish returns the payment and the card for the request.
export function wish(items) {
  const token = chosenCard();
  const card = token ? { token } : byId("save").checked ? { save: true } : undefined;
  if (later(items)) return { card, payment: { type: "AUTHORIZE" } };
  if (!inParts()) return { card, payment: { type: "SALE" } };
  return { card, payment: { type: "INSTALLMENT", acquirer: byId("acquirer").value, tenor: Number(byId("tenor").value) } };
}

// drawPaying offers the ways to pay for these items.
export function drawPaying(items) {
  const sum = total(items);
  const reserve = later(items);
  byId("plan-installment").disabled = reserve || sum < LEAST;
  if (byId("plan-installment").disabled) document.querySelector('[name="plan"][value="full"]').checked = true;
  say(byId("plan-full"), reserve ? "When we ship: reserved today, charged then" : "All at once");
  say(byId("plan-hint"), reserve ? "Not for things made to order." :
    sum < LEAST ? `From ${rupiah(LEAST)}.` : "Your bank charges you month by month.");
  byId("reserve-hint").hidden = !reserve;
  byId("installment").hidden = !inParts();
  byId("save").closest("label").hidden = Boolean(chosenCard());
  [...byId("tenor").options].forEach((option) => say(option, months(Number(option.value), sum)));
}

const months = (tenor, sum) => `${tenor} months, about ${rupiah(Math.ceil(sum / tenor))} each`;

byId("acquirer").append(...Object.entries(banks).map(([value, name]) => el("option", { value }, name)));
byId("tenor").append(...MONTHS.map((tenor) => el("option", { value: tenor })));
