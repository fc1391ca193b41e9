// The create-page body, in DOKU's own field names.
import { total } from "./cart.js";

const LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"; // none that are read as another

// newInvoice names an order for good: KOPI-20261122-ab12cdef, 22 characters of [A-Za-z0-9-].
export function newInvoice(now = new Date()) {
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("");
  const random = crypto.getRandomValues(new Uint32Array(8));
  return `KOPI-${day}-${Array.from(random, (number) => LETTERS[number % LETTERS.length]).join("")}`;
}

// createPage builds the request from the order's items and what the customer typed: {name, email, phone, language}.
export function createPage(invoice, items, details) {
  const back = new URL("/order.html", location.href);
  back.searchParams.set("invoice", invoice);
  const failed = new URL(back);
  back.searchParams.set("back", "done");
  failed.searchParams.set("back", "failed");
  return {
    order: {
      invoice_number: invoice,
      amount: total(items),
      line_items: items.map(({ name, price, quantity }) => ({ name, price, quantity })),
      callback_url: back.href,
      failed_url: failed.href,
      auto_redirect: true,
    },
    customer: filled({ name: details.name, email: details.email, phone: details.phone }),
    payment: { type: "SALE" },
    override_configuration: {
      themes: {
        language: details.language,
        background_color: "FBF8F2",
        font_color: "2A211B",
        button_background_color: "9C3D22",
        button_font_color: "FFFFFF",
      },
    },
  };
}

const filled = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value));
