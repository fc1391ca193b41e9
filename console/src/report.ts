// A settlement report as the browser can see it, before it is sent.
import type { Key } from "./i18n/index.ts";

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
