// What a person has typed survives a new sign-in and a reload of the tab. No token is ever kept here.
import { useState } from "preact/hooks";

const prefix = "kasir.draft.";

export function readDraft<T>(name: string): T | undefined {
  try {
    const kept = sessionStorage.getItem(prefix + name);
    return kept === null ? undefined : (JSON.parse(kept) as T);
  } catch {
    return undefined;
  }
}

export function keepDraft(name: string, value: unknown): void {
  if (value === undefined) sessionStorage.removeItem(prefix + name);
  else sessionStorage.setItem(prefix + name, JSON.stringify(value));
}

/** useDraft is useState that keeps its value for this tab. Setting undefined forgets it. */
export function useDraft<T>(name: string, initial: T): [T, (value: T | undefined) => void] {
  const [value, setValue] = useState<T>(() => readDraft<T>(name) ?? initial);
  return [
    value,
    (next) => {
      keepDraft(name, next);
      setValue(next ?? initial);
    },
  ];
}
