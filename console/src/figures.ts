// What became of the orders of some days, as figures. They are computed from the orders that were read.
import type { Payment } from "./api.ts";
import { dayOf, daysBefore } from "./format.ts";

/** Slice is a day of a range, or an hour of a single day. Amounts are whole rupiah. */
export interface Slice {
  key: string; // 2026-11-30, or 09 for the hour from 9 to 10
  orders: number;
  paid: number; // orders of which money was taken
  taken: number;
  refunded: number; // also without kasir
  charged: number; // taken back by banks
  declined: number; // attempts
}

/** Reason is an answer of the bank. */
export interface Reason {
  code: string;
  message: string;
  attempts: number;
  orders: number;
  paid: number; // orders that were paid or reserved all the same
}

export interface Figures extends Slice {
  reserved: number; // on cards, not taken
  pending: number; // refunds whose result is not known
  declinedOrders: number;
  declinedPaid: number; // of them, those that were paid or reserved all the same
  reasons: Reason[]; // the most frequent first
  slices: Slice[]; // in the order of time, without gaps
}

const slice = (key: string): Slice => ({ key, orders: 0, paid: 0, taken: 0, refunded: 0, charged: 0, declined: 0 });

/** keysOf returns the keys of the slices of a range of days in Jakarta. */
export function keysOf(from: string, to: string): string[] {
  if (from === to) return Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  const keys: string[] = [];
  for (let day = to; day >= from && keys.length < 92; day = daysBefore(day, 1)) keys.unshift(day);
  return keys;
}

/** keyOf returns the key of the slice in which a moment is. */
export function keyOf(moment: string, hours: boolean): string {
  const date = new Date(moment);
  return hours ? date.toLocaleTimeString("en-GB", { timeZone: "Asia/Jakarta", hour: "2-digit" }).slice(0, 2) : dayOf(date);
}

/** figures adds up orders that were created from one day to another. */
export function figures(payments: Payment[], from: string, to: string): Figures {
  const all: Figures = { ...slice(""), reserved: 0, pending: 0, declinedOrders: 0, declinedPaid: 0, reasons: [], slices: keysOf(from, to).map(slice) };
  const slices = new Map(all.slices.map((s) => [s.key, s]));
  const reasons = new Map<string, Reason>();
  for (const p of payments) {
    for (const s of [all, slices.get(keyOf(p.created_at, from === to))]) if (s) add(s, p);
    if (p.captured === undefined && ["AUTHORIZED", "CAPTURING"].includes(p.status)) all.reserved += p.authorization?.amount ?? 0;
    for (const r of p.refunds ?? []) if (["PROCESSING", "IN_REVIEW"].includes(r.status)) all.pending += r.amount;
    const failures = p.failures ?? [];
    const good = p.captured !== undefined || p.authorization !== undefined;
    if (failures.length > 0) all.declinedOrders++;
    if (failures.length > 0 && good) all.declinedPaid++;
    const seen = new Set<Reason>();
    for (const { code = "", message = "" } of failures) {
      const key = JSON.stringify([code, message]);
      const reason = reasons.get(key) ?? { code, message, attempts: 0, orders: 0, paid: 0 };
      reasons.set(key, reason);
      reason.attempts++;
      if (seen.has(reason)) continue;
      seen.add(reason);
      reason.orders++;
      if (good) reason.paid++;
    }
  }
  all.reasons = [...reasons.values()].sort((a, b) => b.attempts - a.attempts);
  return all;
}

function add(s: Slice, p: Payment): void {
  s.orders++;
  if (p.captured !== undefined) s.paid++;
  s.taken += p.captured ?? 0;
  s.refunded += (p.refunded ?? 0) + (p.refunded_elsewhere ?? 0);
  s.charged += p.charged_back ?? 0;
  s.declined += p.failures?.length ?? 0;
}
