import { clientCredentials, Kasir } from "@kasir/client";

const kasir = new Kasir({
  url: process.env.KASIR_URL ?? "http://127.0.0.1:8080",
  token: clientCredentials({
    url: process.env.TOKEN_URL ?? "http://127.0.0.1:8080/dev/token",
    clientId: process.env.CLIENT_ID,
    clientSecret: process.env.CLIENT_SECRET,
  }),
});

const page = await kasir.createPage({
  order: {
    invoice_number: `INV-${Date.now()}`,
    amount: 90000,
    line_items: [{ name: "Kopi Gayo 250 g", price: 45000, quantity: 2 }],
  },
  customer: { id: "CUST-1", email: "budi@example.com" },
  override_configuration: { themes: { language: "ID" } },
});
console.log(`${page.order.invoice_number} is ${page.status}. Pay at ${page.credit_card_payment_page?.url}`);
