// Sending a settlement report: what the browser can check, the form for the bucket, and what became of the report.
import { type Upload, listSettlements } from "./api.ts";
import type { Failure } from "./failure.ts";
import type { Key } from "./i18n/index.ts";

export type Summary = NonNullable<import("./api.ts").SettlementList["settlements"]>[number];

/** Inspected is what is known of a file before it is sent. wrong says why kasir would refuse it. */
export interface Inspected { sha256?: string; batch?: string; wrong?: Key }

/** inspect reads a file. The rules of a report are kasir's: only what is surely no report is found here. */
export async function inspect(file: Blob): Promise<Inspected> {
  if (file.size === 0) return { wrong: "upload.empty" };
  const bytes = await file.arrayBuffer();
  const head = new TextDecoder("latin1").decode(bytes.slice(0, 16_384));
  if (head.startsWith("PK\x03\x04") || head.startsWith("\xd0\xcf\x11\xe0")) return { wrong: "upload.excel" };
  if (head.startsWith("%PDF")) return { wrong: "upload.pdf" };
  const digest = crypto.subtle && new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return {
    sha256: digest && [...digest].map((b) => b.toString(16).padStart(2, "0")).join(""),
    batch: /^"?Batch ID_?"?\s*[,;]\s*"?([A-Za-z0-9._:-]{1,128})/im.exec(head)?.[1],
  };
}

/** nameOf returns a file's name as the API takes it. */
export function nameOf(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return clean.slice(-100).replace(/^[^A-Za-z0-9]+/, "") || "report.csv";
}

export type Sent = { ok: true } | { ok: false; reason: Key; status: number };

/** send sends a file with its form. No token goes with it. told gets the part that was sent, from 0 to 1. */
export function send(form: Upload, file: Blob, told: (part: number) => void, signal: AbortSignal): Promise<Sent> {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file, "report.csv"); // the last field
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch does not report the progress
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve({ ok: true });
      const large = request.responseText.includes("EntityTooLarge");
      resolve({ ok: false, reason: large ? "upload.large" : request.status === 403 ? "upload.expired" : "upload.refused", status: request.status });
    };
    request.onerror = () => resolve({ ok: false, reason: "upload.offline", status: 0 });
    request.onabort = () => resolve({ ok: false, reason: "upload.stopped", status: 0 });
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", form.url);
    request.send(body);
  });
}

export type Look = { ok: true; same?: Summary; other?: Summary } | { ok: false; failure: Failure };

/**
 * look searches the newest settlements for a file: the same content, or another content under its batch ID, which kasir refuses.
 * pages is the most pages that it reads.
 */
export async function look({ sha256, batch }: Inspected, pages: number, signal: AbortSignal): Promise<Look> {
  let cursor: string | undefined;
  let other: Summary | undefined;
  for (let asked = 0; asked < pages; asked++) {
    const answer = await listSettlements({ limit: "100", ...(cursor && { cursor }) }, signal);
    if (!answer.ok) return { ok: false, failure: answer.failure };
    const same = answer.data.settlements.find((s) => (sha256 ? s.sha256 === sha256 : batch !== undefined && s.batch_id === batch));
    if (same) return { ok: true, same };
    other ??= answer.data.settlements.find((s) => batch !== undefined && s.batch_id === batch);
    cursor = answer.data.cursor;
    if (!cursor) break;
  }
  return { ok: true, other };
}
