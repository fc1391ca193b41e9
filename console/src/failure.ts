// What can go wrong with a request, as the console tells it.
import type { components } from "../../clients/typescript/src/api.ts";

type Problem = components["schemas"]["Problem"];
export type FieldError = components["schemas"]["FieldError"];

export type FailureKind =
  | "offline" // the browser has no network, or the API cannot be reached
  | "slow" // no answer within the time
  | "signed_out" // 401, and a new sign-in did not help
  | "forbidden" // 403
  | "not_found" // 404
  | "conflict" // 409: the payment's state does not allow it
  | "running" // 409 with Retry-After: the same request is still being carried out
  | "invalid" // 400, 413, 422
  | "busy" // 429
  | "unavailable"; // 5xx, or an answer that cannot be read

export interface Failure {
  kind: FailureKind;
  status: number; // 0 if there was no answer
  detail?: string; // the API's own sentence, in English
  errors: FieldError[];
  doku?: components["schemas"]["DOKUReason"];
  retryAt?: number; // time in milliseconds before which a repeat is too early
}

const kindOf = (status: number, wait: boolean): FailureKind => {
  if (status === 401) return "signed_out";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 409) return wait ? "running" : "conflict";
  if (status === 429) return "busy";
  // A server in between says 408 of a request that may have arrived.
  return status >= 400 && status < 500 && status !== 408 ? "invalid" : "unavailable";
};

/** failureOf reads the answer of a request that failed. The body is problem+json from kasir, and a message from the gateway. */
export function failureOf(status: number, body: unknown, retryAfter: number | undefined, now = Date.now()): Failure {
  const problem = (typeof body === "object" && body ? body : {}) as Partial<Problem>;
  return {
    kind: kindOf(status, retryAfter !== undefined),
    status,
    detail: typeof problem.detail === "string" ? problem.detail : undefined,
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    doku: problem.doku,
    retryAt: retryAfter === undefined ? undefined : now + retryAfter * 1000,
  };
}

/** certain reports whether a request that failed so was surely not carried out. */
export const certain = (failure: Failure): boolean =>
  ["signed_out", "forbidden", "not_found", "conflict", "invalid", "busy"].includes(failure.kind);

/** wrongField returns the API's sentence about a field, by its JSON pointer. */
export const wrongField = (failure: Failure | undefined, pointer: string): string | undefined =>
  failure?.errors.find((error) => error.pointer === pointer)?.detail;

/** except returns a failure without the errors of fields that the form shows itself, or nothing if no other is left. */
export function except(failure: Failure | undefined, pointers: string[]): Failure | undefined {
  if (!failure || failure.errors.length === 0) return failure;
  const errors = failure.errors.filter((error) => !pointers.includes(error.pointer));
  return errors.length > 0 ? { ...failure, errors } : undefined;
}
