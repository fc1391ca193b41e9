// An act on an order that is started from a list.
import { useEffect, useRef } from "preact/hooks";
import { type Payment, getPayment } from "../api.ts";
import type { Intent } from "./attempt.ts";
import { ActDialogs } from "./index.tsx";
import { kept, useAct } from "./use.ts";

export interface Settling { payment: Payment; intent?: Intent }

/** Settle carries out an act on an order outside the order's page. Without an intent it shows the one that was kept. */
export function Settle({ payment, intent, changed, ended }: Settling & { changed: (payment: Payment) => void; ended: () => void }) {
  const invoice = payment.order.invoice_number;
  const read = () => void getPayment(invoice).then((answer) => answer.ok && changed(answer.data), () => {});
  const acting = useAct(payment, invoice, (newer) => (newer ? changed(newer) : read()), { cases: true });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current && !acting.attempt && !acting.shown) return ended();
    begun.current = true;
  }, [acting.attempt, acting.shown]);
  useEffect(() => { // also when another case of the order is chosen while the result of the first is not known
    if (acting.attempt) acting.show();
    else if (intent) acting.start(intent);
  }, [intent]);
  return <ActDialogs payment={payment} acting={acting} />;
}

/** keptAmong returns the order with an act on a case that was begun before the page was loaded anew. */
export const keptAmong = (payments: Payment[]): Payment | undefined => payments.find((p) => kept(p.order.invoice_number));
