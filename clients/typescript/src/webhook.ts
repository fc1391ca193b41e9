import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { components } from "./details.js";

type Details = components["schemas"];
type Type = Extract<keyof Details, `payment.${string}` | `settlement.${string}`>;

/** KasirEvent is an event, by its type. Later versions send more types: answer 2xx to a type that you do not know. */
export type KasirEvent = { [T in Type]: { type: T; timestamp: string; data: Omit<Details[T], "$defs"> } }[Type];

/** WebhookError reports that a request is not kasir's. Answer it with 400, and do nothing else. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

const TOLERANCE = 5 * 60; // seconds, in both directions

type Fields = Headers | Readonly<Record<string, string | string[] | undefined>>;

/**
 * verifyWebhook returns the event of a request. The request must have a signature of Standard Webhooks by one of the secrets,
 * and must be at most 5 minutes old. body is the body as it came, before any parsing. Errors: WebhookError, and a TypeError
 * if a secret or the body cannot be right.
 */
export function verifyWebhook(
  secrets: string | readonly string[], headers: Fields, body: string | Uint8Array, now: number = Date.now(),
): KasirEvent {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw new TypeError("The body must be the bytes of the request, and not a value that was parsed from them.");
  }
  const keys = [secrets].flat().map(key);
  const id = field(headers, "webhook-id");
  const timestamp = field(headers, "webhook-timestamp");
  const signatures = field(headers, "webhook-signature").split(" ");
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Math.floor(now / 1000) - Number(timestamp)) > TOLERANCE) {
    throw new WebhookError("The header webhook-timestamp is not a time of the last 5 minutes.");
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)]);
  const given = signatures.filter((text) => text.startsWith("v1,")).map((text) => Buffer.from(text.slice(3), "base64"));
  const right = keys.map((bytes) => createHmac("sha256", bytes).update(signed).digest());
  if (!right.some((one) => given.some((other) => other.length === one.length && timingSafeEqual(other, one)))) {
    throw new WebhookError("The header webhook-signature has no signature by a known secret.");
  }
  return JSON.parse(Buffer.from(body).toString());
}

function field(headers: Fields, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") throw new WebhookError(`The header ${name} is missing.`);
  return value;
}

/** key returns the bytes of a secret. */
function key(secret: string): Buffer {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret ?? "") ?? [];
  if (encoded === undefined) throw new TypeError("A secret of webhooks must be whsec_ and base64.");
  return Buffer.from(encoded, "base64");
}
