// Sending a settlement report with the form for the bucket, and finding out what became of it.
import { type SettlementList, type Upload, listSettlements } from "./api.ts";
import type { Failure } from "./failure.ts";
import type { Key } from "./i18n/index.ts";
import type { Inspected } from "./report.ts";

export type Summary = SettlementList["settlements"][number];

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
