import assert from "node:assert/strict";
import test from "node:test";
import { csv } from "../src/csv.ts";
import { parseMoney } from "../src/format.ts";

test("a text that a spreadsheet would run begins with an apostrophe; a number does not", () => {
  for (const bad of ["=1+1", "+1", "-1", "@x", "\tx"]) assert.equal(csv([[bad]]), `'${bad}\r\n`);
  assert.equal(csv([["\r=1"]]), '"\'\r=1"\r\n');
  assert.equal(csv([[-5, "a=b", undefined]]), "-5,a=b,\r\n");
});

// Excel with Indonesian settings ends a cell at a semicolon.
test("the part after a semicolon or in a new line runs no more than the beginning", () => {
  assert.equal(csv([["x;=1+1"]]), "\"x;'=1+1\"\r\n");
  assert.equal(csv([['x; "=1+1'], ["x\n@a"], ["a;b-c"]]), '"x; ""\'=1+1"\r\n"x\n\'@a"\r\n"a;b-c"\r\n');
});

test("quotes, commas and line breaks stay in their cell", () => {
  assert.equal(csv([['say "hi", now', "two\nlines"]]), '"say ""hi"", now","two\nlines"\r\n');
});

test("money as people write it", () => {
  for (const [text, amount] of [
    ["150.000", 150000],
    ["Rp 150000", 150000],
    ["150,000", 150000],
    ["Rp1.500.000", 1500000],
    ["0", 0],
  ] as const) {
    assert.equal(parseMoney(text), amount, text);
  }
  for (const text of ["", "1.5", "150.00", "12e3", "-5", "1.000.00", "seratus", "99999999999999999999"])
    assert.equal(parseMoney(text), undefined, text);
});
