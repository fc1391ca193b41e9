// What the API allows to do with an order, by its own rules.
import type { Payment } from "../api.ts";

type Conflict = NonNullable<Payment["conflicts"]>[number];

/** leftOf is what a limit still allows to give back, or undefined without a limit. All refunds count, also those of others and those without kasir. */
export function leftOf(limit: number, payment: Payment): number | undefined {
  if (limit === 0) return undefined;
  const asked = (payment.refunds ?? []).filter((r) => r.status !== "FAILED").reduce((sum, r) => sum + r.amount, 0);
  return Math.max(0, limit - asked - (payment.refunded_elsewhere ?? 0));
}

/** mayCount reports whether a person may decide that a reported payment counts: an order with a payment cannot have another one. */
export const mayCount = (payment: Payment, c: Conflict | undefined): boolean => {
  const amount = c?.amount ?? 0;
  return amount > 0 && amount <= payment.order.amount && payment.captured === undefined;
};
