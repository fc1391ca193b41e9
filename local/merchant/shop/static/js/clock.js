// The time by which orders live. On a developer's machine it may be ahead of the browser's; then every page says so.
import { byId } from "./dom.js";

let ahead = 0; // milliseconds

// now is the time by the orders' clock as this page knows it, in milliseconds as Date.now().
export const now = () => Date.now() + ahead;

// time is now, asked for: somebody may have moved the clock since the page was opened.
export async function time() {
  await read();
  return now();
}

async function read() {
  try {
    const answer = await (await fetch("/clock.json")).json();
    ahead = answer.ahead;
    byId("clock").hidden = answer.words === "";
    byId("clock").textContent = answer.words && `Clock: ${answer.words}`;
  } catch {
    // The browser's own time is good enough.
  }
}

read();
document.addEventListener("visibilitychange", () => document.hidden || read());
