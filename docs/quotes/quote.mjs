// A quote for kasir, made by a merchant's back end in Node without any dependency. Import it, or run it for a try.
import { createHmac } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

// quote returns a quote of terms, such as { invoice_number, amount, line_items, sub }, under a key of at least 32 bytes.
export function quote(key, terms, now = Date.now()) {
  if (Buffer.byteLength(key ?? "") < 32) {
    throw new Error("QUOTE_KEY must have at least 32 bytes: set it to the quote_key that kasir has.");
  }
  const claims = { ...terms, exp: Math.floor(now / 1000) + 600 }; // at most 900 seconds ahead
  const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${unsigned}.${createHmac("sha256", key).update(unsigned).digest("base64url")}`;
}

const started = process.argv[1] ?? "";
if (existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url)) { // run, not imported
  try {
    console.log(quote(process.env.QUOTE_KEY, {
      invoice_number: process.argv[2] ?? "INV-1",
      amount: 90000,
      line_items: [{ name: "Kopi Gayo 250 g", price: 45000, quantity: 2 }],
    }));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
