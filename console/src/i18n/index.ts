// The texts of the console, in English and Indonesian. Both have the same keys, which the types check.
import { en } from "./en/index.ts";
import { id } from "./id/index.ts";

export type Language = "en" | "id";
export type Key = keyof typeof en;

const texts: Record<Language, Record<Key, string>> = { en, id };
const setting = "kasir.language";
const listeners = new Set<() => void>();

let current: Language = initial();

function initial(): Language {
  const kept = typeof localStorage === "undefined" ? null : localStorage.getItem(setting);
  if (kept === "en" || kept === "id") return kept;
  return typeof navigator !== "undefined" && /^(id|in)\b/i.test(navigator.language) ? "id" : "en";
}

export const language = (): Language => current;

export function setLanguage(next: Language): void {
  current = next;
  localStorage.setItem(setting, next);
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** t returns a text, with its {names} replaced by the values. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return texts[current][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** known returns the text of a key that is made of a word of the API, or undefined for a word that the console does not know. */
export function known(key: string): string | undefined {
  return Object.hasOwn(texts[current], key) ? texts[current][key as Key] : undefined;
}
