import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { PageRequest } from "./kasir.js";

type Order = PageRequest["order"];
type Configuration = NonNullable<PageRequest["override_configuration"]>;

/** Terms are the claims of a quote. docs/quotes.md has their rules. */
export interface Terms {
  invoice_number: string;
  amount: number; // whole rupiah
  line_items?: Order["line_items"];
  promo?: Configuration["promo"];
  customer_id?: string;
  payment_type?: string;
  auto_capture?: boolean;
  allow_bin?: Configuration["allow_bin"];
  allow_tenor?: Configuration["allow_tenor"];
  sub?: string; // only a token of this subject can use the quote
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** quote signs terms with the quote_key of kasir's secret. The quote is good for 10 minutes. */
export function quote(key: string, terms: Terms, now: number = Date.now()): string {
  if (Buffer.byteLength(key ?? "") < 32) {
    throw new Error("The quote key must have at least 32 bytes: it is the quote_key of kasir's secret.");
  }
  const claims = { ...terms, exp: Math.floor(now / 1000) + 600 }; // at most 900 seconds ahead
  const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${unsigned}.${createHmac("sha256", key).update(unsigned).digest("base64url")}`;
}
