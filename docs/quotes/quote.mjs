// A quote for kasir, made by a merchant's back end in Node without any dependency.
import { createHmac } from "node:crypto";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function quote(key, terms, now = Date.now()) {
  const claims = { ...terms, exp: Math.floor(now / 1000) + 600 }; // at most 900 seconds ahead
  const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${unsigned}.${createHmac("sha256", key).update(unsigned).digest("base64url")}`;
}

const key = process.env.QUOTE_KEY ?? "";
if (Buffer.byteLength(key) < 32) {
  console.error("QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.");
  process.exit(1);
}
console.log(quote(key, {
  invoice_number: process.argv[2] ?? "INV-1",
  amount: 90000,
  line_items: [{ name: "Kopi Gayo 250 g", price: 45000, quantity: 2 }],
}));
