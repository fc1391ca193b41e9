import { StrictMode, useEffect, useReducer, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { follow, openPage, payable, words } from "./kasir.js";

// usePayment follows an order's payment, and pays it.
export function usePayment(invoice) {
  const [seen, see] = useState({ outcome: "looking" });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [looks, lookAgain] = useReducer((n) => n + 1, 0);
  const paying = useRef(false); // a second click may come before React has drawn the first

  function ready() {
    paying.current = false;
    setBusy(false);
    lookAgain();
  }

  useEffect(() => {
    const looking = new AbortController();
    follow(invoice, (outcome, payment) => see({ outcome, payment }), looking.signal);
    return () => looking.abort();
  }, [invoice, looks]);

  useEffect(() => { // the browser may bring the page back as it was left
    const back = (event) => event.persisted && ready();
    addEventListener("pageshow", back);
    return () => removeEventListener("pageshow", back);
  }, []);

  async function pay() {
    if (paying.current) return;
    paying.current = true;
    setBusy(true);
    setProblem("");
    try {
      const page = await openPage(invoice);
      if (page) return location.assign(page); // busy until the browser has left
    } catch (error) {
      setProblem(error.message);
    }
    ready();
  }

  return { ...seen, busy, problem, pay };
}

export function Payment({ invoice }) {
  const { outcome, busy, problem, pay } = usePayment(invoice);
  return (
    <main>
      <h1>Your order {invoice}</h1>
      <p id="outcome" role="status" data-outcome={outcome}>{words[outcome]}</p>
      {payable.includes(outcome) && <button id="pay" type="button" disabled={busy} onClick={pay}>Pay</button>}
      <p id="problem" role="alert">{problem}</p>
    </main>
  );
}

const invoice = new URLSearchParams(location.search).get("invoice") ?? "";
createRoot(document.getElementById("root")).render(<StrictMode><Payment invoice={invoice} /></StrictMode>);
