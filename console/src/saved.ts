// Searches that a person has saved: names and filters, no orders.
export interface Saved {
  name: string;
  query: string;
}

const setting = "kasir.searches";

export function savedSearches(): Saved[] {
  try {
    const kept = JSON.parse(localStorage.getItem(setting) ?? "[]") as Saved[];
    return kept.filter((s) => typeof s.name === "string" && typeof s.query === "string");
  } catch {
    return [];
  }
}

/** saveSearch adds a search, or replaces the one of the same name. */
export function saveSearch(name: string, query: string): Saved[] {
  return keep([...savedSearches().filter((s) => s.name !== name), { name, query }]);
}

export const removeSearch = (name: string): Saved[] => keep(savedSearches().filter((s) => s.name !== name));

function keep(all: Saved[]): Saved[] {
  localStorage.setItem(setting, JSON.stringify(all));
  return all;
}
