import assert from "node:assert/strict";
import test from "node:test";
import { inspect, nameOf } from "../src/report.ts";

test("a file that is surely no report is found before it is sent", async () => {
  const wrong = async (content: string) => (await inspect(new Blob([content]))).wrong;
  assert.equal(await wrong(""), "upload.empty");
  assert.equal(await wrong("PK\x03\x04…"), "upload.excel");
  assert.equal(await wrong("%PDF-1.7"), "upload.pdf");
  assert.equal(await wrong("Batch ID_,B-1\n"), undefined);
});

test("the batch ID and the digest are those of the report", async () => {
  const known = await inspect(new Blob(['Total Fee_,1\r\n"Batch ID_","B-BSN-0203"\r\n\r\nNO,AMOUNT\r\n']));
  assert.equal(known.batch, "B-BSN-0203");
  assert.match(known.sha256!, /^[0-9a-f]{64}$/);
  assert.equal((await inspect(new Blob(["NO,AMOUNT\n"]))).batch, undefined);
});

test("every name of a file becomes one that the API takes", () => {
  const form = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
  for (const name of ["laporan 30 November.csv", "…", "", ".csv", "-x", "é/../../x.csv", "a".repeat(300) + ".csv", "-".repeat(300)]) {
    assert.match(nameOf(name), form, name);
  }
  assert.equal(nameOf("laporan 30 November.csv"), "laporan-30-November.csv");
});
