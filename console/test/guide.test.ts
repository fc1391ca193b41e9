import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { guideTo, kinds } from "../src/guide.ts";
import { en } from "../src/i18n/en/index.ts";

/** listed returns the known values of a field in docs/api.yaml. */
async function listed(schema: string, field: string): Promise<string[]> {
  const text = await readFile("../docs/api.yaml", "utf8"); // npm runs the tests in the folder of the console
  const part = text.slice(text.indexOf(`\n    ${schema}:`));
  return new RegExp(`${field}: \\{.*?x-extensible-enum: \\[(.*?)\\]`).exec(part)![1]!.split(", ");
}

test("every kind of case has its guide, in the order of docs/alarms.md", async () => {
  assert.deepEqual([...kinds].sort(), (await listed("Case", "kind")).sort());
  const rows = [...(await readFile("../docs/alarms.md", "utf8")).matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1]);
  assert.deepEqual(kinds, rows);
  for (const kind of kinds) assert.ok(guideTo(kind)?.what && guideTo(kind)?.ends && `guide.where.${kind}` in en, kind);
  assert.equal(guideTo("news"), undefined);
});

test("every kind of difference says what it means and what to do", async () => {
  for (const kind of await listed("SettlementDifference", "kind")) {
    for (const key of [`difference.${kind}`, `difference.${kind}.means`, `difference.${kind}.do`]) assert.ok(key in en, key);
  }
});
