// The list of orders as a CSV file.
import type { Payment } from "./api.ts";
import type { Cell } from "./csv.ts";

/** heads are the names of the columns. They are those of the API, in every language, because programs read the file too. */
export const heads = [
  "invoice_number",
  "status",
  "type",
  "created_at",
  "amount",
  "captured_at",
  "captured",
  "refunded",
  "refunded_elsewhere",
  "charged_back",
  "unaccounted",
  "refundable",
  "card",
  "brand",
  "issuer",
  "settled_amount",
  "settled_fee",
  "settled_net",
  "paid_out",
  "attention",
];

/** row returns an order's line. Amounts are whole rupiah, times have the zone of Jakarta. */
export function row(p: Payment): Cell[] {
  const settled = p.settlement ?? [];
  const sum = (of: "amount" | "fee" | "net") => (settled.length ? settled.reduce((all, s) => all + s[of], 0) : undefined);
  return [
    p.order.invoice_number,
    p.status,
    p.type,
    jakarta(p.created_at),
    p.order.amount,
    jakarta(p.captured_at),
    p.captured,
    p.refunded,
    p.refunded_elsewhere,
    p.charged_back,
    p.unaccounted,
    p.refundable,
    p.card?.masked,
    p.card?.brand,
    p.card?.issuer,
    sum("amount"),
    sum("fee"),
    sum("net"),
    settled.map((s) => s.paid_out).join(" ") || undefined,
    p.attention?.map((c) => c.kind).join(" ") || undefined,
  ];
}

function jakarta(moment: string | undefined): string | undefined {
  if (moment === undefined) return undefined;
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  return `${new Date(date.getTime() + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`;
}
