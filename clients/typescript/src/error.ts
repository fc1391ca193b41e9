import type { components } from "./api.js";

/** Problem is the body of an error: application/problem+json. */
export type Problem = components["schemas"]["Problem"];

interface About {
  status?: number;
  problem?: Problem | undefined;
  retryAfter?: number | undefined;
  repeatable?: boolean;
  cause?: unknown;
}

/** KasirError reports that a request did not succeed. Its message has the reason, and each wrong field by JSON pointer. */
export class KasirError extends Error {
  /** status is the HTTP status, or 0 if no answer came. */
  readonly status: number;
  /** problem is kasir's reason. Answers of the gateway in front of kasir have none. */
  readonly problem: Problem | undefined;
  /** retryAfter is the number of seconds to wait, if the answer has one. */
  readonly retryAfter: number | undefined;
  /**
   * repeatable reports that the outcome is not known, or that kasir is not available. Send the same request again later,
   * with the same invoice number or idempotency key.
   */
  readonly repeatable: boolean;

  constructor(message: string, { status = 0, problem, retryAfter, repeatable = false, cause }: About = {}) {
    super(message, { cause });
    this.name = "KasirError";
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
    this.repeatable = repeatable;
  }
}
