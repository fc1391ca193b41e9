import { KasirError } from "./error.js";

const LONGEST_ANSWER = 35_000; // milliseconds; kasir answers within 30 seconds

/**
 * answered sends a request until its outcome is known, and returns the answer. It waits as long as Retry-After says, or
 * longer each time. It does not wait beyond patience, in milliseconds: then it returns the last answer, or throws a
 * KasirError if none came. request makes the same request each time.
 */
export async function answered(request: () => Promise<Request>, patience: number): Promise<Response> {
  const end = Date.now() + patience;
  for (let attempt = 1; ; attempt++) {
    const sent = await request();
    const answer = await send(sent);
    const response = answer instanceof Response ? answer : undefined;
    if (response && !undecided(response)) return response;
    const pause = 1000 * ((response && retryAfter(response)) ?? Math.min(attempt, 10));
    if (Date.now() + pause > end) {
      if (response) return response;
      throw new KasirError(`No answer came from ${sent.url}`, { repeatable: true, cause: answer });
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** undecided reports whether the same request should be sent again. A 202, or a 409 with Retry-After, is under way. */
export function undecided(response: Response): boolean {
  const { status } = response;
  return [202, 408, 425, 429].includes(status) || status >= 500 || (status === 409 && retryAfter(response) !== undefined);
}

/** retryAfter returns the seconds of the header Retry-After, at least 1, or undefined. */
export function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  return seconds >= 0 ? Math.max(seconds, 1) : undefined;
}

/** send returns the whole answer, or an error if none came or it broke off. It throws if the caller has given up. */
async function send(request: Request): Promise<unknown> {
  try {
    const response = await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(LONGEST_ANSWER)]) });
    const { ok, status, headers } = response;
    const text = await response.text();
    if (ok) JSON.parse(text); // a success that cannot be read is no answer
    return new Response(text || null, { status, headers });
  } catch (error) {
    request.signal.throwIfAborted();
    return error;
  }
}
