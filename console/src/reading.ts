// Reads a list of orders page after page, until a person stops it, it ends, or enough orders were read for the moment.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Payment, type PaymentList, listPayments } from "./api.ts";
import type { Failure } from "./failure.ts";

interface State {
  payments: Payment[];
  cursor?: string;
  last?: PaymentList; // the last answer
  since?: string; // orders from before this time may be missing
  unreadable: string[];
  running: boolean;
  begun: string; // when the first page was asked for
  failure?: Failure;
}

export interface Reading extends State {
  complete: boolean; // there is no further page
  stop: () => void;
  goOn: () => void;
  again: () => void; // from the beginning
  replace: (payment: Payment) => void; // by a newer answer
}

const fresh = (): State => ({ payments: [], unreadable: [], running: true, begun: new Date().toISOString() });

/** useReading reads the orders of a query. After `most` orders it waits for the person. */
export function useReading(query: Record<string, string>, most: number): Reading {
  const key = JSON.stringify(query);
  const [state, setState] = useState<State>(fresh);
  const [round, setRound] = useState(0);
  const current = useRef(new AbortController());
  const run = async (state: State) => {
    const mine = (current.current = new AbortController());
    const until = state.payments.length + most;
    for (let asked = 1; ; asked++) {
      const page = { ...query, limit: "100", ...(state.cursor && { cursor: state.cursor }) };
      const answer = await listPayments(page, mine.signal).catch(() => undefined);
      if (!answer || mine.signal.aborted) return;
      if (!answer.ok) return setState({ ...state, running: false, failure: answer.failure });
      state = added(state, answer.data);
      const running = state.cursor !== undefined && state.payments.length < until && asked < most / 50; // a page can be empty and go on
      setState({ ...state, running });
      if (!running) return;
    }
  };
  useEffect(() => {
    const first = fresh();
    setState(first);
    void run(first);
    return () => current.current.abort();
  }, [key, round]);
  return {
    ...state,
    complete: state.last !== undefined && state.cursor === undefined,
    stop: () => {
      current.current.abort();
      setState((s) => ({ ...s, running: false }));
    },
    goOn: () => {
      const next = { ...state, running: true, failure: undefined };
      setState(next);
      void run(next);
    },
    again: () => setRound((n) => n + 1),
    replace: (payment) => setState((s) => ({
      ...s, payments: s.payments.map((p) => (p.order.invoice_number === payment.order.invoice_number ? payment : p)),
    })),
  };
}

const added = (s: State, page: PaymentList): State => ({
  ...s,
  payments: [...s.payments, ...page.payments],
  cursor: page.cursor,
  last: page,
  since: page.complete_since ?? s.since,
  unreadable: [...s.unreadable, ...(page.unreadable ?? []).map((u) => u.invoice_number)],
});
