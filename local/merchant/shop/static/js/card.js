const brands = { MASTER: "Mastercard", MASTERCARD: "Mastercard", VISA: "Visa", JCB: "JCB", AMEX: "American Express" };

// shortName is enough for customers to recognise their own card: Mastercard •••• 1101.
export function shortName({ brand, masked } = {}) {
  return [brands[brand] ?? brand, `•••• ${String(masked ?? "").slice(-4)}`].filter(Boolean).join(" ");
}

// cardName formats a masked card in the usual form: Mastercard 5573 38•• •••• 1101.
export function cardName({ brand, masked } = {}) {
  const digits = String(masked ?? "").replace(/\*/g, "•").replace(/(.{4})(?=.)/g, "$1 ");
  return [brands[brand] ?? brand, digits].filter(Boolean).join(" ");
}

// monthFirst formats an expiry as on the card. DOKU may put the year first: 28/01 is 01/28.
export function monthFirst(expiry) {
  const [first, second] = expiry.split("/");
  return second && Number(first) > 12 ? `${second}/${first}` : expiry;
}
