// The API. Every request goes through call, which is the one place that deals with sign-ins and failures.
import type { components } from "../../clients/typescript/src/api.ts";
import { apiBase } from "./config.ts";
import { type Failure, failureOf } from "./failure.ts";
import * as session from "./session.ts";

type Schemas = components["schemas"];
export type Payment = Schemas["Payment"];
export type Refund = Schemas["Refund"];
export type PaymentList = Schemas["PaymentList"];
export type Case = Schemas["Case"];
export type SettlementList = Schemas["SettlementList"];
export type SettlementDetail = Schemas["SettlementDetail"];
export type Upload = Schemas["Upload"];

export type Answer<T> =
  { ok: true; status: number; data: T; replayed: boolean; retryAt?: number } | { ok: false; status: number; failure: Failure };

interface Options {
  method?: "GET" | "POST" | "DELETE";
  query?: URLSearchParams | Record<string, string>;
  body?: unknown;
  key?: string; // Idempotency-Key
  signal?: AbortSignal;
  unsent?: () => void; // called before the page is left for a new sign-in: the request was not carried out
}

const longest = 35_000; // milliseconds; the gateway ends a request after 30 s

/** call sends a request. It signs in again if the token has ended. The caller decides whether to send a request again. */
export async function call<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  const answer = await once<T>(path, options);
  if (answer.ok || answer.failure.kind !== "signed_out") return answer;
  if (await session.renew()) return once<T>(path, options); // the gateway refused the first one unread
  if (session.justSignedIn()) return answer;
  options.unsent?.();
  await session.signIn(); // leaves the page; forms keep what was typed
  return new Promise(() => {});
}

async function once<T>(path: string, { method = "GET", query, body, key, signal }: Options): Promise<Answer<T>> {
  const text = new URLSearchParams(query).toString();
  const headers: Record<string, string> = { authorization: `Bearer ${session.token()}`, accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  const timeout = AbortSignal.timeout(longest);
  try {
    const response = await fetch(apiBase + path + (text && `?${text}`), {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const data: unknown = await response.json().catch(() => undefined);
    const wait = seconds(response.headers.get("retry-after"));
    if (!response.ok || data === undefined) {
      return { ok: false, status: response.status, failure: failureOf(response.ok ? 502 : response.status, data, wait) };
    }
    const retryAt = wait === undefined ? undefined : Date.now() + wait * 1000;
    return { ok: true, status: response.status, data: data as T, replayed: response.headers.has("idempotent-replayed"), retryAt };
  } catch (error) {
    if (signal?.aborted) throw error; // the page was left
    return { ok: false, status: 0, failure: { kind: timeout.aborted ? "slow" : "offline", status: 0, errors: [] } };
  }
}

// Retry-After is a number of seconds. No wait is longer than an hour, so that a wrong header stops nobody.
function seconds(header: string | null): number | undefined {
  if (header === null || !/^\d+$/.test(header)) return undefined;
  return Math.min(Number(header), 3600);
}

const payment = (invoice: string) => `/payments/${encodeURIComponent(invoice)}`;

export const listPayments = (query: Record<string, string>, signal?: AbortSignal) =>
  call<PaymentList>("/payments", { query, signal });
export const getPayment = (invoice: string, signal?: AbortSignal) => call<Payment>(payment(invoice), { signal });
export const refresh = (invoice: string) => call<Payment>(`${payment(invoice)}/refresh`, { method: "POST" });

/** act sends one of the acts on a payment. body and key of a repeat must be those of the first request. */
export const act = (invoice: string, route: Act, body: unknown, options: { key?: string; unsent: () => void }) =>
  call<Payment & { refund?: Refund }>(`${payment(invoice)}/${route}`, { method: "POST", body, ...options });
export type Act = "capture" | "refunds" | "close" | "resolve" | "records";

export const listSettlements = (query: Record<string, string>, signal?: AbortSignal) =>
  call<SettlementList>("/settlements", { query, signal });
export const getSettlement = (id: string, query: Record<string, string>, signal?: AbortSignal) =>
  call<SettlementDetail>(`/settlements/${encodeURIComponent(id)}`, { query, signal });
export const askUpload = (name: string) => call<Upload>("/settlements", { method: "POST", body: { name } });
