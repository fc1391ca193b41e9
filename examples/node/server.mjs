// A merchant's back end. It takes orders, sends customers to DOKU's page, and hears of their payments by webhooks.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import express from "express";
import { clientCredentials, Kasir } from "@kasir/client";
import { quote, verifyWebhook, WebhookError } from "@kasir/client/server";

const { PORT = "3000", ORIGIN = `http://localhost:${PORT}`, KASIR_URL = "http://127.0.0.1:8080" } = process.env;
const { TOKEN_URL = `${KASIR_URL}/dev/token`, CLIENT_ID, CLIENT_SECRET } = process.env;
const { QUOTE_KEY = "kasir-local-quote-key-that-everybody-knows", WEBHOOK_SECRET } = process.env;
if (!WEBHOOK_SECRET) {
  console.error("WEBHOOK_SECRET is not set: make run ARGS=\"--webhook http://localhost:3000/hooks\" prints it.");
  process.exit(1);
}

// The orders by invoice number, with the ids of the events that were handled. Your shop has a database.
const file = process.env.ORDERS ?? "orders.json";
const orders = new Map(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);
const save = () => writeFileSync(file, JSON.stringify([...orders]));

// The token cannot name a price: each order needs a quote.
const scope = "payments:create payments:read";
const kasir = new Kasir({
  url: KASIR_URL,
  token: clientCredentials({ url: TOKEN_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, scope }),
});

const app = express();

app.get("/", (request, response) => {
  response.send(page("A shop", `<form method="post" action="/orders"><button>Order coffee for Rp90.000</button></form>`));
});

// The order is stored first, with its price.
app.post("/orders", (request, response) => {
  const invoice_number = `INV-${randomUUID()}`;
  const line_items = [{ name: "Kopi Gayo 250 g", price: 45000, quantity: 2 }];
  orders.set(invoice_number, { terms: { invoice_number, amount: 90000, line_items }, status: "NEW", handled: [] });
  save();
  response.redirect(303, `/orders/${invoice_number}`);
});

app.param("invoice", (request, response, next, invoice) => {
  request.order = orders.get(invoice);
  next(request.order ? undefined : "route");
});

// The customer's return proves nothing. The page shows what the shop has heard from kasir.
app.get("/orders/:invoice", ({ order: { terms, status } }, response) => {
  const payable = ["NEW", "CREATING", "PENDING", "FAILED", "EXPIRED"].includes(status);
  response.send(page(`Your order ${terms.invoice_number}`, `<p id="status" data-status="${status}">${status}</p>
    ${payable ? `<form method="post" action="/orders/${terms.invoice_number}/pay"><button>Pay</button></form>` : ""}`, payable));
});

// Two clicks, or a repeat after a lost answer, lead to the same page: the invoice number is the key.
app.post("/orders/:invoice/pay", async ({ order: { terms } }, response) => {
  const back = `/orders/${terms.invoice_number}`;
  const { credit_card_payment_page: doku } = await kasir.createPage({
    order: { ...terms, callback_url: ORIGIN + back, auto_redirect: true },
    customer: { email: "budi@example.com" },
    quote: quote(QUOTE_KEY, terms),
  });
  response.redirect(303, doku?.url ?? back); // without a page if the order is paid
});

// The body must be the bytes as they came. An answer other than 2xx, or none, makes kasir send the event again.
app.post("/hooks", express.raw({ type: () => true }), async (request, response) => {
  const { type, data } = verifyWebhook(WEBHOOK_SECRET.split(" "), request.headers, request.body ?? "");
  const invoice = data.order?.invoice_number ?? data.id;
  const order = orders.get(invoice);
  const payment = order && await kasir.payment(order.terms.invoice_number); // events may come late, or in another order
  if (order && !order.handled.includes(data.id)) {
    order.status = payment.status;
    order.handled.push(data.id);
    save();
    console.log(`${type} ${order.terms.invoice_number} verified`);
  }
  if (!order) {
    console.log(`${type} ${invoice} verified, not an order of this shop`); // such as an event of kasir trigger
  }
  response.sendStatus(204);
});

app.use((error, request, response, next) => {
  console.error(error.message);
  const status = error instanceof WebhookError ? 400 : 503;
  response.status(status).send(page("Please try again", "<p>It stays the same order.</p>"));
});

const page = (title, body, waiting = false) => `<!doctype html><html lang="en"><meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  ${waiting ? `<meta http-equiv="refresh" content="2">` : ""}<title>${title}</title><h1>${title}</h1>${body}</html>`;

app.listen(Number(PORT), "localhost", (error) => {
  if (error) {
    throw error; // such as a port that is taken
  }
  console.log(`The shop is at ${ORIGIN}`);
});
