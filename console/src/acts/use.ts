// Carries out acts: keeps each attempt for this tab, and sends its request once for each click.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Payment, act } from "../api.ts";
import { keepDraft, readDraft } from "../draft.ts";
import { who } from "../session.ts";
import { type Attempt, type Event, type Intent, next, open, restored, tracesOf } from "./attempt.ts";

const routes = ["refunds", "capture", "close", "resolve", "records"] as const;
type Route = (typeof routes)[number];

/** ofCases are the acts that end a case. A list of cases continues no others: the order's page does. */
const ofCases: readonly Route[] = ["resolve", "records"];
const nameOf = (invoice: string, route: string) => `act.${invoice}.${route}`;

export interface Acting {
  attempt: Attempt | undefined;
  shown: boolean; // the dialog is open
  start: (intent: Intent, fields?: Record<string, string>) => void;
  tell: (event: Event) => void;
  send: () => void;
  show: () => void;
  close: () => void;
}

/** useAct handles the acts on one order. changed gets the order as an answer shows it. cases leaves other acts than those on cases alone. */
export function useAct(
  payment: Payment | undefined,
  invoice: string,
  changed: (payment: Payment | undefined) => void,
  { cases = false } = {},
): Acting {
  const [attempt, setAttempt] = useState<Attempt | undefined>(() => stored(invoice, cases ? ofCases : routes));
  const [shown, setShown] = useState(attempt !== undefined);
  const now = useRef(attempt); // the attempt at this moment, which a second click must see
  const put = (a: Attempt | undefined) => {
    const last = now.current;
    now.current = a;
    setAttempt(a);
    if (a) keepDraft(nameOf(invoice, a.intent.route), a.phase === "done" ? undefined : a);
    else if (last) keepDraft(nameOf(invoice, last.intent.route), undefined);
  };
  const tell = (event: Event) => {
    const before = now.current;
    if (!before) return;
    const after = next(before, event);
    if (after !== before) put(after);
  };
  const send = () => {
    const before = now.current;
    if (!before) return;
    tell({ type: "send" });
    if (now.current === before) return; // already under way
    const key = ["refunds", "records"].includes(before.intent.route) ? before.key : undefined;
    void act(invoice, before.intent.route, before.body, { key, unsent: () => tell({ type: "unsent" }) }).then((answer) => {
      if (answer.ok) {
        tell({ type: "answered", status: answer.status, data: answer.data, retryAt: answer.retryAt });
        changed(answer.status === 202 ? undefined : answer.data);
      } else {
        tell({ type: "failed", failure: answer.failure, key: crypto.randomUUID() });
        changed(undefined);
      }
    });
  };
  const start = (intent: Intent, fields: Record<string, string> = {}) => {
    const kept = stored(invoice, [intent.route]);
    // An act whose result is not known is continued, not begun a second time.
    put(
      kept && open(kept)
        ? kept
        : {
            intent,
            key: crypto.randomUUID(),
            fields,
            phase: "form",
            before: tracesOf(payment),
          },
    );
    setShown(true);
  };
  const close = () => {
    setShown(false);
    if (now.current && !open(now.current)) put(undefined);
  };
  useEffect(() => {
    if (payment) tell({ type: "seen", payment, mine: who().subject });
  }, [payment]);
  useEffect(
    () => () => {
      // the person went to another page: what was only typed is given up
      if (now.current && !open(now.current)) keepDraft(nameOf(invoice, now.current.intent.route), undefined);
    },
    [],
  );
  return { attempt, shown, start, tell, send, show: () => setShown(true), close };
}

function stored(invoice: string, among: readonly Route[]): Attempt | undefined {
  for (const route of among) {
    const kept = readDraft<Attempt>(nameOf(invoice, route));
    if (kept) return restored(kept);
  }
  return undefined;
}

/** kept reports whether an act on a case of an order was begun in this tab and is not over. */
export const kept = (invoice: string): boolean => stored(invoice, ofCases) !== undefined;
