// What a person has typed survives a new sign-in and a reload of the tab, for this person only. No token is ever kept here.
import { useState } from "preact/hooks";

const all = "kasir.draft.";
let prefix = all;

/** belongTo says whose drafts are read and kept from now on. Another person who signs in in the same tab has others. */
export function belongTo(subject: string): void {
  prefix = `${all}${encodeURIComponent(subject)}.`;
}

/** forgetDrafts empties the tab's storage when a person signs out. Acts whose result is not known stay, for this person. */
export function forgetDrafts(): void {
  for (const name of Object.keys(sessionStorage)) {
    const kept = name.startsWith(all) ? (JSON.parse(sessionStorage.getItem(name)!) as { phase?: string; doubt?: boolean }) : undefined;
    if (!kept?.doubt && kept?.phase !== "sending") sessionStorage.removeItem(name);
  }
}

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
