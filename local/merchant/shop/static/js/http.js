// This module sends one request, to the API or to the back end.

// Problem is an answer without success: application/problem+json (RFC 9457), or any other body.
export class Problem extends Error {
  constructor(who, status, body, retryAfter) {
    super([body?.detail || body?.title || `${who} answered ${status}.`, said(body?.doku)].filter(Boolean).join(" "));
    this.name = "Problem";
    this.status = status;
    this.errors = Array.isArray(body?.errors) ? body.errors : []; // [{pointer, detail}]
    this.retryAfter = retryAfter; // seconds, or undefined
  }
}

// said is DOKU's own reason of a refusal.
const said = (doku) => doku?.message && `DOKU said: ${doku.message}.`;

// Unreachable means that no answer came. The effect on the other side is unknown.
export class Unreachable extends Error {
  constructor(sentence, cause) {
    super(sentence, { cause });
    this.name = "Unreachable";
  }
}

// exchange sends a request and returns {status, data, retryAfter}, or throws a Problem or Unreachable that names the
// server.
export async function exchange(who, address, init) {
  let answer, text;
  try {
    answer = await fetch(address, { cache: "no-store", ...init });
    text = await answer.text();
  } catch (cause) {
    throw new Unreachable(`${who} cannot be reached.`, cause);
  }
  const data = parse(text);
  const retryAfter = seconds(answer.headers.get("Retry-After"));
  if (!answer.ok) throw new Problem(who, answer.status, data, retryAfter);
  return { status: answer.status, data, retryAfter };
}

function parse(text) {
  try {
    const data = JSON.parse(text);
    return data !== null && typeof data === "object" ? data : {};
  } catch {
    return {};
  }
}

function seconds(header) {
  return /^\d+$/.test(header ?? "") ? Number(header) : undefined;
}
