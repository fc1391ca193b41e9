// The meaning of each status of the API, in words for the customer.

import { now } from "./clock.js";

// reasons explains acquirers' codes; DOKU's own text is shown as well.
const reasons = {
  "05": "The bank declined the card.",
  "51": "There is not enough money on the card.",
  "54": "The card has expired.",
  "61": "The amount is above the card’s limit.",
  "91": "The card’s bank did not answer.",
};

export const reason = (failure) => reasons[failure?.code] ?? "The bank did not accept the payment.";

// said is DOKU's own text of a failure, with its code.
export function said(failure) {
  const words = [failure?.message, failure?.code && `code ${failure.code}`].filter(Boolean).join(", ");
  return words && `DOKU said: ${words}.`;
}

// payable returns the address of the hosted page while it can still be paid on, else null.
export function payable(order, at = now()) {
  if (!order.page?.url || order.closed || !["PENDING", "FAILED"].includes(order.status)) return null;
  const end = Date.parse(order.page.expires_at ?? "");
  return end <= at ? null : order.page.url; // without a known end it counts as open
}

// moneyIn reports whether the customer has paid or reserved.
export const moneyIn = (status) =>
  ["AUTHORIZED", "CAPTURING", "PAID", "PARTIALLY_REFUNDED", "REFUNDED", "VOIDED"].includes(status);

// looked reports whether a person must look at the order before money moves.
export const looked = (order) => Boolean(order.conflict || order.review) || order.status === "NEEDS_REVIEW";

// ended reports whether the order's page has ended unpaid. The same request makes the next one.
export const ended = (order) => !looked(order) && !order.closed && !payable(order) && ["PENDING", "FAILED", "EXPIRED"].includes(order.status);

// settled reports whether nothing more happens until somebody acts.
export const settled = (order) => !looked(order) && ["PAID", "PARTIALLY_REFUNDED", "REFUNDED", "VOIDED", "AUTHORIZATION_EXPIRED"].includes(order.status);

const words = {
  CREATING: { label: "Being confirmed", tone: "wait", headline: "Your order is being confirmed",
    sentence: "DOKU has not yet said whether it opened a payment page. Nothing has been charged." },
  PENDING: { label: "Waiting for payment", tone: "wait", headline: "Waiting for your payment",
    sentence: "This page changes by itself as soon as the payment is confirmed." },
  FAILED: { label: "Declined", tone: "bad", headline: "The payment was declined" },
  AUTHORIZED: { label: "Reserved", tone: "good", headline: "The amount is reserved on your card",
    sentence: "You are charged when we ship, not before.", proof: true },
  CAPTURING: { label: "Being charged", tone: "wait", headline: "Your card is being charged",
    sentence: "Your order is on its way out; DOKU is confirming the charge.", proof: true },
  PAID: { label: "Paid", tone: "good", headline: "Paid. Terima kasih!",
    sentence: "Your payment has arrived and we are packing your order.", proof: true },
  PARTIALLY_REFUNDED: { label: "Partly refunded", tone: "info", headline: "Part of your payment was refunded",
    sentence: "The rest stays paid." },
  REFUNDED: { label: "Refunded", tone: "info", headline: "Your payment was refunded",
    sentence: "Your bank shows it within a few days." },
  VOIDED: { label: "Cancelled", tone: "info", headline: "The payment was cancelled",
    sentence: "It never reached us, and your bank takes it off your statement." },
  EXPIRED: { label: "Expired", tone: "info", headline: "The payment page has expired",
    sentence: "Nobody paid in time, so nothing was charged." },
  AUTHORIZATION_EXPIRED: { label: "Released", tone: "info", headline: "The reservation has ended",
    sentence: "We did not ship in time. The amount is free again and nothing was charged." },
};

// unseen returns the texts for an order that the shop does not have for this browser. A customer who was sent back here,
// or whose browser placed the order, may have paid.
export function unseen(invoice, mayBePaid) {
  const where = "An order is shown only in the browser in which it was placed";
  return mayBePaid ? { tone: "info", headline: "This browser cannot show your order",
    sentence: `If you paid, your payment is not lost: the shop has it under the number ${invoice}. ${where}: look under Orders there, or write to us and name this number.` } :
    { tone: "info", headline: "We know no such order",
      sentence: `Please check the order number. ${where}; if you paid, your payment is not lost.` };
}

const unknown = { label: "Being confirmed", tone: "wait", headline: "Your order is being confirmed",
  sentence: "This page changes by itself as soon as there is news." };

const safe = "Please do not pay again. If you paid, your payment is not lost: this page, which you find again under Orders, will say how it ends, and we will write to you.";

const attention = { label: "Being looked at", tone: "wait", headline: "We are checking your payment",
  sentence: `What DOKU reports and what you ordered do not match, so one of us is looking at it. ${safe}` };

const review = { label: "Being looked at", tone: "wait", headline: "We are checking your payment",
  sentence: `DOKU’s answer to one of our steps did not reach us, so one of us is looking at it. ${safe}` };

const overdue = { ...words.EXPIRED,
  sentence: "No payment has reached us. If you paid at the last moment, this page will say so by itself." };

const unconfirmed = { ...words.EXPIRED,
  sentence: "DOKU has not told us whether anything was paid. If you paid, your payment is not lost: this page will say so by itself." };

const closed = { label: "Closed", tone: "info", headline: "This order was closed",
  sentence: "The shop has closed it, so please do not pay it any more. If you paid at the last moment, your payment is not lost: this page will say so, and we will write to you." };

const afterClosing = { tone: "wait", headline: "Your payment came after the order was closed",
  sentence: "It is not lost. One of us decides whether your order is still packed or your money goes back, and writes to you.", proof: true };

// story returns the texts of an order: {label, tone, headline, sentence, proof}. The tone is good, bad, wait or info.
export function story(order) {
  if (order.review) return review;
  if (looked(order)) return attention;
  const told = words[order.status] ?? unknown;
  if (order.closed && ["PAID", "AUTHORIZED"].includes(order.status)) return { ...told, ...afterClosing };
  if (order.closed && !moneyIn(order.status) && order.status !== "AUTHORIZATION_EXPIRED") return closed;
  if (order.status === "PENDING" && !payable(order)) return overdue;
  if (order.status === "EXPIRED" && order.unconfirmed) return unconfirmed;
  if (order.status === "FAILED") return { ...told, sentence: declined(order) };
  return told;
}

function declined(order) {
  const failure = order.failures?.at(-1);
  const next = payable(order) ? "Nothing was charged. You can try again, with the same card or another one." :
    "Nothing was charged. The payment page has ended.";
  return [reason(failure), said(failure), next].filter(Boolean).join(" ");
}
