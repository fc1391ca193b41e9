// This module calls the shop's own back end, which knows the prices and the customers.
import { exchange } from "./http.js";

// askShop posts JSON to the back end and returns the data of its answer, or throws a Problem or Unreachable.
export async function askShop(path, body = {}) {
  const { data } = await exchange("The shop", path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  return data;
}
