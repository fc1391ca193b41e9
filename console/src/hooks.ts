// Hooks that several pages use.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "./api.ts";
import type { Failure } from "./failure.ts";
import { hasMoved } from "./router.ts";

export interface Loaded<T> {
  data?: T;
  failure?: Failure;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void; // replaces the data by a newer answer
}

/** useLoad reads something when `key` changes. While it is read again, or if that fails, the data from before stay. */
export function useLoad<T>(key: string, read: (signal: AbortSignal) => Promise<Answer<T>>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; failure?: Failure; loading: boolean }>({ key, loading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const ended = new AbortController();
    setState((old) => (old.key === key ? { ...old, loading: true } : { key, loading: true }));
    read(ended.signal).then(
      (answer) => {
        if (ended.signal.aborted) return;
        setState((old) =>
          answer.ok
            ? { key, data: answer.data, loading: false }
            : { key, data: old.key === key ? old.data : undefined, failure: answer.failure, loading: false },
        );
      },
      () => {}, // the page was left
    );
    return () => ended.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback((data: T) => setState((old) => ({ ...old, data, failure: undefined, loading: false })), []);
  const mine = state.key === key;
  return {
    data: mine ? state.data : undefined,
    failure: mine ? state.failure : undefined,
    loading: !mine || state.loading,
    reload,
    set,
  };
}

/** useNow returns the time, and renders again every `step` milliseconds while `on` is true. */
export function useNow(on: boolean, step = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!on) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), step);
    return () => clearInterval(timer);
  }, [on, step]);
  return now;
}

/** useTitle names the page in the browser's title, and moves the focus to its heading when the page is opened. */
export function useTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · kasir`;
  }, [title]);
  useEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}
