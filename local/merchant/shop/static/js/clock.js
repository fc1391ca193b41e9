// The time that orders depend on. On a developer's machine it may be ahead of the browser's; then every page shows
// that.
import { byId } from "./dom.js";

let ahead = 0; // milliseconds

// now returns the orders' time as far as this page knows it, in milliseconds as Date.now().
export const now = () => Date.now() + ahead;

// time returns now after reading the clock again: it may have been moved since the page was opened.
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
