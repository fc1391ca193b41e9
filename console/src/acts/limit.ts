// The limit of a role to the refunds of one order, by the API's rule.
import type { Payment } from "../api.ts";

/** leftOf is what a limit still allows to give back, or undefined without a limit. All refunds count, also those of others and those without kasir. */
export function leftOf(limit: number, payment: Payment): number | undefined {
  if (limit === 0) return undefined;
  const asked = (payment.refunds ?? []).filter((r) => r.status !== "FAILED").reduce((sum, r) => sum + r.amount, 0);
  return Math.max(0, limit - asked - (payment.refunded_elsewhere ?? 0));
}
