// Addresses below the console's base. The path names the page, the query holds its filters.
import { useEffect, useState } from "preact/hooks";
import { base } from "./config.ts";

export interface Place {
  path: string; // without the base, such as /orders/INV-1
  query: URLSearchParams;
}

const moved = "kasir:moved";
let moves = 0;
addEventListener("popstate", () => moves++);

/** hasMoved reports whether the person has gone to another address since the page was loaded. */
export const hasMoved = (): boolean => moves > 0;

export function here(): Place {
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : "";
  return { path: path.replace(/\/+$/, "") || "/", query: new URLSearchParams(location.search) };
}

export const hrefOf = (path: string, query?: URLSearchParams | Record<string, string>): string => {
  const text = new URLSearchParams(query).toString();
  return base + (path === "/" ? "" : path) + (text && `?${text}`);
};

/** go opens an address of the console. replace leaves no entry for the back button. */
export function go(href: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  moves++;
  dispatchEvent(new Event(moved));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = () => setPlace(here());
    addEventListener("popstate", update);
    addEventListener(moved, update);
    return () => {
      removeEventListener("popstate", update);
      removeEventListener(moved, update);
    };
  }, []);
  return place;
}

/** useQuery returns the filters in the address, and a function that changes them. An empty value removes a filter. */
export function useQuery(): [URLSearchParams, (changes: Record<string, string>, options?: { replace?: boolean }) => void] {
  const { path, query } = usePlace();
  const change = (changes: Record<string, string>, options?: { replace?: boolean }) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    go(hrefOf(path, next), options);
  };
  return [query, change];
}
