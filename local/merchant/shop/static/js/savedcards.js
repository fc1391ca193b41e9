// The cards that DOKU keeps for this customer. The shop knows each by a token, and can delete it.
import { forgetToken, tokens } from "./api.js";
import { monthFirst, shortName } from "./card.js";
import { customer, hasOrdered } from "./customer.js";
import { byId, el, say } from "./dom.js";

const PATIENCE = 1500; // milliseconds: the page appears without the cards after that

let cards = [];

// chosenCard returns the token of the chosen card, or "" for another card.
export const chosenCard = () => document.querySelector('[name="card"]:checked')?.value ?? "";

// loadCards loads the saved cards, and draws them also if they come late. Without an answer the customer types the
// card.
export async function loadCards(changed) {
  if (!hasOrdered()) return;
  const asked = customer().then(tokens).then(({ data }) => {
    cards = Array.isArray(data.tokens) ? data.tokens : [];
    draw(changed);
  }, () => { /* paying with a typed card needs no list */ });
  await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

function draw(changed, picked = cards[0]?.id) {
  byId("cards").hidden = cards.length === 0;
  byId("card-list").replaceChildren(...(cards.length ? [...cards.map((card) => saved(card, card.id === picked, changed)), another(!picked)] : []));
  changed();
}

function saved(card, checked, changed) {
  const name = shortName(card);
  const more = [card.issuer, card.expiry && `expires ${monthFirst(card.expiry)}`].filter(Boolean).join(", ");
  return el("div", { class: "saved" },
    el("label", { class: "option" },
      el("input", { type: "radio", name: "card", value: card.id, checked }),
      el("span", {}, name, more ? el("small", {}, more) : "")),
    el("button", { type: "button", class: "quiet small", "aria-label": `Forget ${name}`, click: () => forget(card, changed) }, "Forget"));
}

const another = (checked) => el("label", { class: "option" },
  el("input", { type: "radio", name: "card", value: "", checked }), el("span", {}, "Another card"));

async function forget(card, changed) {
  try {
    await forgetToken(await customer(), card.id);
  } catch (error) {
    say(byId("announce"), "");
    say(byId("working"), `The card could not be forgotten: ${error.message}`);
    return;
  }
  cards = cards.filter((other) => other.id !== card.id);
  say(byId("announce"), `${shortName(card)} is forgotten.`);
  draw(changed, cards.some((other) => other.id === chosenCard()) ? chosenCard() : cards[0]?.id);
  byId("card-list").querySelector("input:checked")?.focus();
}
