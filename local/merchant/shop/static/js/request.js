// The create-page body, in DOKU's own field names.
import { now } from "./clock.js";
import { letters } from "./random.js";

// newInvoice returns an invoice number: KOPI-20261122-ab12cdef, 22 characters of [A-Za-z0-9-].
export function newInvoice(at = new Date(now())) {
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("");
  return `KOPI-${day}-${letters(8)}`;
}

// createPage builds the request from the back end's quote ({invoice_number, amount, line_items}), the customer's form
// ({id, name, email, phone, language}) and the way of paying ({payment, card}).
export function createPage(quoted, details, { payment, card }) {
  const back = new URL("/order.html", location.href);
  back.searchParams.set("invoice", quoted.invoice_number);
  const failed = new URL(back);
  back.searchParams.set("back", "done");
  failed.searchParams.set("back", "failed");
  return {
    order: {
      ...quoted,
      callback_url: back.href,
      failed_url: failed.href,
      auto_redirect: true,
    },
    ...(card && { card }),
    customer: filled({ id: details.id, name: details.name, email: details.email, phone: details.phone }),
    payment,
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
