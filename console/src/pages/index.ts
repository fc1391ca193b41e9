// The pages, and what the navigation shows. A page needs a scope; its path may end with the name of one thing.
import type { ComponentType } from "preact";
import type { Key } from "../i18n/index.ts";
import { AttentionPage } from "./attention.tsx";
import { OrderPage } from "./order.tsx";
import { OrdersPage } from "./orders.tsx";
import { SettlementPage } from "./settlement.tsx";
import { SettlementsPage } from "./settlements.tsx";
import { TodayPage } from "./today.tsx";

export interface Page {
  path: string; // "/" is the first page. A page of one thing, such as /orders/INV-1, has `one`
  one?: boolean;
  nav?: Key; // its name in the navigation
  scope: string;
  component: ComponentType<{ id: string }>;
}

export const pages: Page[] = [
  { path: "/", nav: "nav.today", scope: "payments:read:all", component: TodayPage },
  { path: "/orders", nav: "nav.orders", scope: "payments:read:all", component: OrdersPage },
  { path: "/orders", one: true, scope: "payments:read:all", component: OrderPage },
  { path: "/attention", nav: "nav.attention", scope: "payments:read:all", component: AttentionPage },
  { path: "/settlements", nav: "nav.settlements", scope: "settlements:read", component: SettlementsPage },
  { path: "/settlements", one: true, scope: "settlements:read", component: SettlementPage },
];

/** find returns the page of a path, and the id of the one thing that it shows. The first page is the one that a role may see. */
export function find(path: string, can: (scope: string) => boolean): { page: Page; id: string } | undefined {
  if (path === "/") {
    const page = pages.find((p) => p.path === "/" && can(p.scope)) ?? pages.find((p) => p.nav && can(p.scope)) ?? pages[0]!;
    return { page, id: "" };
  }
  for (const page of pages) {
    if (!page.one && path === page.path) return { page, id: "" };
    const rest = path.startsWith(`${page.path}/`) ? path.slice(page.path.length + 1) : "";
    if (page.one && rest && !rest.includes("/")) return { page, id: decode(rest) };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
