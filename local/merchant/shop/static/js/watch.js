// Watching an order until it stands still.
import { payment } from "./api.js";

const FIRST = 1000;
const SLOWEST = 10_000;

// watch asks the API how the order stands, at first every second, then less and less often, and not at all while the page
// is hidden. It tells onOrder each answer and onError each failure; onOrder returns true when there is nothing more to
// wait for. The function it returns stops it.
export function watch(invoice, { onOrder, onError }) {
  const stopped = new AbortController();
  let timer, pause = FIRST, asking = false;

  async function ask() {
    if (asking || document.hidden || stopped.signal.aborted) return;
    asking = true;
    clearTimeout(timer);
    let settled = false;
    try {
      const { data } = await payment(invoice, stopped.signal);
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
