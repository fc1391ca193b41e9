// The back end of a checkout, in Node without any dependency. It knows the customer and the price of the order.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { quote } from "../quotes/quote.mjs";

const port = Number(process.env.PORT ?? 3000);
const origin = process.env.ORIGIN ?? `http://127.0.0.1:${port}`; // of this shop, in a browser
const page = process.env.PAGE ?? "plain.html";
const api = process.env.API_URL ?? "http://127.0.0.1:8080"; // kasir's
const issuer = process.env.TOKEN_URL ?? `${api}/dev/token`;
const key = process.env.QUOTE_KEY ?? "kasir-local-quote-key-that-everybody-knows"; // deployed: quote_key of kasir's secret
const orders = new Map(); // your shop has a table

// customerOf returns the customer who sent a request. Your shop looks it up in its session. A guest is a customer too, with an id of the session.
const customerOf = (request) => ({ id: "CUST-1", email: "budi@example.com" });

// tokenFor returns a token that may only make and read this customer's payments. Your issuer makes it at the customer's sign-in.
async function tokenFor(customer) {
  const body = new URLSearchParams({ sub: customer.id, scope: "payments:create payments:read", ttl: "10m" });
  const answer = await fetch(issuer, { method: "POST", body });
  if (!answer.ok) throw new Error(`${issuer} answered ${answer.status}`);
  return (await answer.json()).access_token;
}

// place stores an order at the shop's own prices, and returns its invoice number.
function place(customer) {
  const invoice = `INV-${randomUUID()}`;
  orders.set(invoice, { customer, amount: 90000, line_items: [{ name: "Kopi Gayo 250 g", price: 45000, quantity: 2 }] });
  return invoice;
}

// checkout returns the request that the browser sends to kasir. It is the same each time, except for the quote.
async function checkout(invoice, { customer, amount, line_items }) {
  const terms = { invoice_number: invoice, amount, line_items };
  const callback_url = `${origin}/${page}?invoice=${invoice}`;
  return {
    api,
    token: await tokenFor(customer),
    request: {
      order: { ...terms, callback_url, auto_redirect: true },
      customer,
      quote: quote(key, { ...terms, sub: customer.id }), // the customer cannot change it
    },
  };
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, origin);
  const customer = customerOf(request);
  const invoice = /^\/orders\/([\w-]+)\/checkout$/.exec(pathname)?.[1];
  const file = /^\/(\w+\.(html|js))$/.exec(pathname)?.[1];
  if (request.method === "POST" && invoice) {
    const order = orders.get(invoice);
    if (order?.customer.id !== customer.id) return send(response, 404, "application/json", "{}");
    return send(response, 200, "application/json", JSON.stringify(await checkout(invoice, order)));
  }
  if (request.method === "POST" && pathname === "/orders") {
    return response.writeHead(303, { location: `/${page}?invoice=${place(customer)}` }).end();
  }
  if (pathname === "/") {
    return send(response, 200, "text/html", `<form method="post" action="/orders"><button>Order coffee for Rp90.000</button></form>`);
  }
  const content = file && await readFile(new URL(file, import.meta.url)).catch(() => undefined);
  if (!content) return send(response, 404, "text/plain", "There is no such page.");
  send(response, 200, file.endsWith("js") ? "text/javascript" : "text/html", content, "no-cache");
}

const send = (response, status, type, content, cache = "no-store") =>
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": cache }).end(content);

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    send(response, 503, "application/json", "{}");
  });
});
server.listen(port, "127.0.0.1", () => console.log(`The shop is at http://127.0.0.1:${server.address().port}`));
