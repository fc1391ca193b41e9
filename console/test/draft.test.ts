import assert from "node:assert/strict";
import test from "node:test";
import { belongTo, forgetDrafts, keepDraft, readDraft } from "../src/draft.ts";

const kept = new Map<string, string>();
// Object.keys of the browser's storage are its names, which a map does not have.
const storage = new Proxy({} as Storage, {
  get: (_, method) => ({ getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v), removeItem: (k: string) => kept.delete(k) })[method as "getItem"],
  ownKeys: () => [...kept.keys()],
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
});
Object.defineProperty(globalThis, "sessionStorage", { value: storage });

test("a person who signs in in another's tab has drafts of their own", () => {
  belongTo("sari");
  keepDraft("act.A.refunds", { phase: "unsure", doubt: true });
  belongTo("budi");
  assert.equal(readDraft("act.A.refunds"), undefined);
  belongTo("sari");
  assert.deepEqual(readDraft("act.A.refunds"), { phase: "unsure", doubt: true });
});

test("signing out forgets everything but acts whose result is not known", () => {
  kept.clear();
  belongTo("sari");
  kept.set("kasir.login-hint", "sari");
  keepDraft("act.A.records", { phase: "unsure", doubt: true });
  keepDraft("act.B.records", { phase: "sending" });
  keepDraft("act.C.records", { phase: "confirm" });
  keepDraft("search", { values: {} });
  forgetDrafts();
  assert.deepEqual([...kept.keys()], ["kasir.draft.sari.act.A.records", "kasir.draft.sari.act.B.records"]);
});
