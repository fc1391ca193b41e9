// This module watches an order until it is settled.
import { payment } from "./api.js";

const FIRST = 1000;
const SLOWEST = 10_000;

// watch reads the order from the API, at first every second, then less often, and not while the page is hidden. It
// passes each answer to onOrder and each failure to onError; onOrder returns true when there is nothing more to wait
// for. read reads the order. The returned function stops it.
export function watch(invoice, { onOrder, onError, read = payment }) {
  const stopped = new AbortController();
  let timer, pause = FIRST, asking = false;

  async function ask() {
    if (asking || document.hidden || stopped.signal.aborted) return;
    asking = true;
    clearTimeout(timer);
    let settled = false;
    try {
      const { data } = await read(invoice, stopped.signal);
      if (!stopped.signal.aborted) settled = onOrder(data) === true;
    } catch (error) {
      if (!stopped.signal.aborted) settled = onError(error) === true;
    }
    asking = false;
    if (settled) stop();
    if (stopped.signal.aborted) return;
    timer = setTimeout(ask, pause);
    pause = Math.min(pause * 1.25, SLOWEST);
  }

  function shown() {
    if (document.hidden) return;
    pause = FIRST;
    ask();
  }

  function stop() {
    clearTimeout(timer);
    stopped.abort();
    document.removeEventListener("visibilitychange", shown);
  }

  document.addEventListener("visibilitychange", shown);
  ask();
  return stop;
}
