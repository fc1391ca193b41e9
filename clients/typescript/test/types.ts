// What compiles, and what does not. Nothing here runs.
import type { PageRequest, Payment } from "@kasir/client";
import type { KasirEvent } from "@kasir/client/server";

export const french: PageRequest = {
  order: { amount: 90000 },
  customer: { email: "budi@example.com" },
  // @ts-expect-error DOKU's page is in English or Indonesian
  override_configuration: { themes: { language: "FR" } },
};

// A status of a later version compiles: statuses are an open list.
export const later = (payment: Payment): boolean => payment.status === "OF_A_LATER_VERSION";

export function summary(event: KasirEvent): string {
  switch (event.type) {
    case "payment.paid":
      return `${event.data.amount} ${event.data.payment.masked_card}`;
    case "payment.refunded":
      return event.data.refund.type;
    case "settlement.reconciled":
      return event.data.settlement.batch_id;
    // @ts-expect-error there is no such type
    case "payment.blessed":
      return "";
    default:
      return event.data.order.status;
  }
}
