import assert from "node:assert/strict";
import test from "node:test";
import { baseOf } from "../src/config.ts";

test("the console's path is found below every prefix", () => {
  for (const [path, base] of [
    ["/console", "/console"],
    ["/console/orders/INV-1", "/console"],
    ["/console/orders/console", "/console"],
    ["/pay/console/", "/pay/console"],
    ["/console-pay/console", "/console-pay/console"],
    ["/consoles/console/orders", "/consoles/console"],
  ] as const) {
    assert.equal(baseOf(path), base, path);
  }
});
