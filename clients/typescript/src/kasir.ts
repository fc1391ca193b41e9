import createClient, { type Client } from "openapi-fetch";
import { answered, retryAfter, undecided } from "./answered.js";
import type { components, paths } from "./api.js";
import { KasirError, type Problem } from "./error.js";
import type { Token } from "./token.js";

type Schemas = components["schemas"];
export type PageRequest = Schemas["PageRequest"];
export type Page = Schemas["Page"] | Schemas["KnownPage"];
export type Payment = Schemas["Payment"];
export type Refunded = Schemas["Refunded"];
export type PaymentRecord = Schemas["RecordRequest"];
export type SavedCard = Schemas["SavedCards"]["tokens"][number];

export interface Options {
  /** url is the base URL of kasir's HTTP API. */
  url: string;
  /** token is clientCredentials(…), or a function of your own. */
  token: Token;
  /** patience is the time in milliseconds within which a request is sent again. The default is 60,000. */
  patience?: number;
}

/**
 * Kasir calls kasir's HTTP API. A request whose outcome is not known is sent again, with the same invoice number or key,
 * until patience ends. The methods throw a KasirError unless the request has succeeded.
 */
export class Kasir {
  /**
   * api calls every route, typed by docs/api.yaml. It also sends requests again. It returns { data, error, response } and
   * throws a KasirError only if no answer comes.
   */
  readonly api: Client<paths>;

  constructor({ url, token, patience = 60_000 }: Options) {
    this.api = createClient<paths>({ baseUrl: url, fetch: (request) => authorized(request, token, patience) });
  }

  /** createPage asks for the page on which the customer pays. Without order.invoice_number, key names the order. */
  async createPage(body: PageRequest, key?: string): Promise<Page> {
    const header = key === undefined ? {} : { "Idempotency-Key": key };
    return known(await this.api.POST("/payments", { params: { header }, body }));
  }

  /** payment reads a payment. */
  async payment(invoice: string): Promise<Payment> {
    return known(await this.api.GET("/payments/{invoice_number}", of(invoice)));
  }

  /** capture takes amount, in whole rupiah, or else the whole authorised amount. An order is captured once. */
  async capture(invoice: string, amount?: number): Promise<Payment> {
    const body = amount === undefined ? {} : { payment: { capture_amount: amount } };
    return known(await this.api.POST("/payments/{invoice_number}/capture", { ...of(invoice), body }));
  }

  /**
   * refund gives back amount, in whole rupiah. Each key is one refund: make the key once, store it, and use it again when
   * you send the refund again. With expected, kasir refuses unless exactly this amount can still be refunded.
   */
  async refund(invoice: string, key: string, amount: number, expected?: number): Promise<Refunded> {
    const params = { path: { invoice_number: invoice }, header: { "Idempotency-Key": key } };
    const body = { refund: { amount }, ...(expected !== undefined && { expected_refundable: expected }) };
    return known(await this.api.POST("/payments/{invoice_number}/refunds", { params, body }));
  }

  /** refresh has kasir ask DOKU about a payment, at most once a minute, and reads it. docs/api.md says when to call it. */
  async refresh(invoice: string): Promise<Payment> {
    return known(await this.api.POST("/payments/{invoice_number}/refresh", of(invoice)));
  }

  /**
   * record records money that moved at DOKU outside of kasir. Each key is one record: make the key once, store it, and use
   * it again when you send the record again.
   */
  async record(invoice: string, key: string, body: PaymentRecord): Promise<Payment> {
    const params = { path: { invoice_number: invoice }, header: { "Idempotency-Key": key } };
    return known(await this.api.POST("/payments/{invoice_number}/records", { params, body }));
  }

  /** close gives an unpaid order no further page. */
  async close(invoice: string, note?: string): Promise<Payment> {
    const body = note === undefined ? {} : { note };
    return known(await this.api.POST("/payments/{invoice_number}/close", { ...of(invoice), body }));
  }

  /** savedCards lists the cards that a customer has saved at DOKU. */
  async savedCards(customer: string): Promise<SavedCard[]> {
    const params = { path: { customer_id: segment(customer) } };
    return known(await this.api.GET("/customers/{customer_id}/tokens", { params })).tokens;
  }

  /** forgetCard removes a card that a customer has saved. card is its id. */
  async forgetCard(customer: string, card: string): Promise<void> {
    const params = { path: { customer_id: segment(customer), token_id: segment(card) } };
    known(await this.api.DELETE("/customers/{customer_id}/tokens/{token_id}", { params }));
  }
}

const of = (invoice: string) => ({ params: { path: { invoice_number: invoice } } });

/** authorized sends a request with a token. If the token is refused, it sends the request once more with another one. */
async function authorized(request: Request, token: Token, patience: number): Promise<Response> {
  const { url, method, signal } = request;
  const body = (method !== "GET" && (await request.text())) || null;
  let bearer = "";
  let refused: string | undefined;
  const same = async () => {
    bearer = await token(refused);
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${bearer}`);
    return new Request(url, { method, headers, body, signal });
  };
  const response = await answered(same, patience);
  if (response.status !== 401) return response;
  refused = bearer;
  return answered(same, patience);
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** known returns the body of a success, and throws a KasirError for every other answer. */
function known<T>({ data, error, response }: Answer<T>): Exclude<T, { status: "processing" }> {
  const { ok, status } = response;
  if (ok && status !== 202) return data as Exclude<T, { status: "processing" }>;
  const { title, detail, errors = [], message } = (error ?? {}) as Partial<Problem> & { message?: string };
  const reasons = [detail ?? title ?? message ?? "", ...errors.map((wrong) => `${wrong.pointer} ${wrong.detail}`)].join("; ");
  throw new KasirError(status === 202 ? "The outcome is not known yet." : `kasir answered ${status}: ${reasons}`, {
    status, problem: title === undefined ? undefined : (error as Problem),
    retryAfter: retryAfter(response), repeatable: undecided(response),
  });
}

/** segment writes an id as a part of a path. An id that a path cannot hold is ~ and its base64url. */
function segment(id: string): string {
  if (/^\w[\w.-]*$/.test(id)) return id;
  const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(id)));
  return `~${encoded.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}
