// Finding orders. The API finds an invoice number that is typed exactly, or its beginning. People also type spaces, small letters, a part
// from the middle, or a wrong character; near ones are then looked up in the newest orders of the chosen days.
import type { Answer, Payment, PaymentList } from "./api.ts";
import type { Failure } from "./failure.ts";

/** filterNames are the filters of the page, as they are in its address. */
export const filterNames = ["q", "last4", "customer", "from", "to", "status", "settled", "attention"] as const;
export type Filters = Partial<Record<(typeof filterNames)[number], string>>;

export interface Near {
  invoice: string;
  payment?: Payment;
}

export interface Found {
  payments: Payment[];
  cursor?: string;
  query: Record<string, string>; // that found them; "more" sends it again with the cursor
  near: Near[]; // if nothing was found
  examined: number; // orders that were compared with the typed number
  list: PaymentList; // the last answer
}

type List = (query: Record<string, string>) => Promise<Answer<PaymentList>>;
type Result = { ok: true; found: Found } | { ok: false; failure: Failure };

const pageSize = "50";
const mostPages = 5; // that are asked for at once

/** numbers returns the invoice numbers that a person may have meant, in the API's alphabet. */
export function numbers(typed: string): string[] {
  const clean = typed
    .trim()
    .replace(/[\s_./\\\u2010-\u2015\u2212]+/g, "-")
    .replace(/[^A-Za-z0-9-]/g, "")
    .replace(/-{2,}/g, "-")
    .replace(/^-|-$/g, "");
  return [...new Set([clean, clean.toUpperCase()])].filter(Boolean).map((n) => n.slice(0, 64));
}

/** apiQuery returns the parameters of GET /payments for the filters of the page. */
export function apiQuery(f: Filters, number = ""): Record<string, string> {
  const all = {
    invoice_number: number,
    last4: f.last4,
    customer_id: f.customer,
    from: f.from,
    to: f.to,
    status: f.status,
    settled: f.settled,
    attention: f.attention,
    limit: pageSize,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as Record<string, string>;
}

/** find looks for orders. A page of the API may be empty and go on, so up to five pages are asked for. */
export async function find(f: Filters, list: List): Promise<Result> {
  const typed = f.q?.trim() ?? "";
  const guesses = typed ? numbers(typed) : [""];
  let closest: string[] = [];
  let result: Result | undefined;
  for (const number of guesses) {
    result = await pages(apiQuery(f, number), list);
    if (!result.ok || result.found.payments.length > 0 || !typed) return result;
    closest.push(...(result.found.list.closest ?? []).map((c) => c.invoice_number));
  }
  const around = await pages({ ...apiQuery({ from: f.from, to: f.to }), limit: "100" }, list, 500);
  if (!around.ok) return around;
  const near = nearest(typed, around.found.payments, closest);
  const empty = result?.ok ? result.found : around.found;
  return { ok: true, found: { ...empty, payments: [], near, examined: around.found.payments.length } };
}

/** pages asks for pages until there are `wanted` orders, or the list ends, or too many pages were asked for. */
export async function pages(query: Record<string, string>, list: List, wanted = 1, cursor?: string): Promise<Result> {
  const payments: Payment[] = [];
  for (let asked = 1; ; asked++) {
    const answer = await list(cursor ? { ...query, cursor } : query);
    if (!answer.ok) return { ok: false, failure: answer.failure };
    payments.push(...answer.data.payments);
    cursor = answer.data.cursor;
    if (!cursor || payments.length >= wanted || asked === mostPages) {
      return { ok: true, found: { payments, cursor, query, near: [], examined: 0, list: answer.data } };
    }
  }
}

/** nearest returns the orders whose numbers are most like what was typed: those that contain it, then those with few differences. */
export function nearest(typed: string, payments: Payment[], closest: string[] = []): Near[] {
  const wanted = plain(typed);
  if (wanted.length < 3) return [];
  const most = Math.min(3, Math.max(2, Math.floor(wanted.length / 4)));
  const known = new Map<string, Near>(closest.map((invoice) => [invoice, { invoice }]));
  for (const payment of payments) known.set(payment.order.invoice_number, { invoice: payment.order.invoice_number, payment });
  const ranked: { near: Near; far: number }[] = [];
  for (const near of known.values()) {
    const number = plain(near.invoice);
    const far = number.includes(wanted)
      ? 0
      : Math.min(distance(wanted, number), wanted.length < 4 ? 9 : 1 + distance(wanted, number, true)); // a whole number comes first
    if (far <= most || closest.includes(near.invoice)) ranked.push({ near, far });
  }
  const best = Math.min(...ranked.map((r) => r.far));
  return ranked
    .filter((r) => r.far <= (best < 2 ? best : best + 1))
    .sort((a, b) => a.far - b.far)
    .slice(0, 8)
    .map((r) => r.near);
}

/** plain leaves out everything that people mix up: case, dashes, the letter O and a zero, the letters I and L and a one. */
const plain = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");

/** distance counts the characters that were left out, added, changed or swapped with their neighbour. within compares a with a part of b. */
export function distance(a: string, b: string, within = false): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => (within ? 0 : j));
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return within ? Math.min(...row) : row[b.length]!;
}
