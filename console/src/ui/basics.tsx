// Small parts that every page uses. Whatever comes from the API is a text node.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { money, time } from "../format.ts";
import { known, t } from "../i18n/index.ts";
import { go } from "../router.ts";

/** Money shows whole rupiah. Nothing is shown for an amount that is absent. */
export const Money = ({ amount }: { amount: number | undefined }) =>
  amount === undefined ? null : <span class="money">{money(amount)}</span>;

/** Time shows a moment in Jakarta. The machine-readable moment is on the element. */
export const Time = ({ at, seconds }: { at: string | undefined; seconds?: boolean }) =>
  at === undefined ? null : (
    <time dateTime={at} title={time(at, { seconds: true })}>
      {time(at, { seconds })}
    </time>
  );

const tones: Record<string, string> = {
  PAID: "good",
  SUCCESS: "good",
  done: "good",
  AUTHORIZED: "info",
  PENDING: "plain",
  CREATING: "plain",
  EXPIRED: "plain",
  FAILED: "bad",
  NEEDS_REVIEW: "warn",
  IN_REVIEW: "warn",
  CAPTURING: "busy",
  PROCESSING: "busy",
  applying: "busy",
  MANUAL: "warn",
  PARTIALLY_REFUNDED: "info",
  REFUNDED: "info",
  VOIDED: "info",
  AUTHORIZATION_EXPIRED: "bad",
};
const marks: Record<string, string> = { good: "✓", bad: "✕", warn: "!", busy: "…", info: "•", plain: "○" };

/** Badge shows a status by its word, a mark and a colour. A status that the console does not know is shown as the API has it. */
export function Badge({ status }: { status: string }) {
  const tone = tones[status] ?? "plain";
  const word = known(`status.${status}`);
  return (
    <span class={`badge ${tone} ${word ? "" : "odd"}`} data-status={status}>
      <span aria-hidden="true">{marks[tone]}</span> {word ?? status}
    </span>
  );
}

/** Link opens an address of the console without loading it anew. href must come from hrefOf. */
export function Link({
  href,
  children,
  current,
  class: name,
}: {
  href: string;
  children: ComponentChildren;
  current?: boolean;
  class?: string;
}) {
  const click = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    go(href);
    scrollTo(0, 0);
  };
  return (
    <a href={href} class={name} aria-current={current ? "page" : undefined} onClick={click}>
      {children}
    </a>
  );
}

/** Copy puts a text on the clipboard, and says so. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <button type="button" class="small" onClick={() => void copy().catch(() => {})} aria-label={t("copy.label", { what })}>
      <span role="status">{copied ? t("copy.done") : t("copy")}</span>
    </button>
  );
}

/** Raw shows the API's answer as it came. */
export function Raw({ data }: { data: unknown }) {
  const text = JSON.stringify(data, null, 2);
  return (
    <details class="raw">
      <summary>{t("raw")}</summary>
      <Copy text={text} what="JSON" />
      <pre tabIndex={0} role="region" aria-label={t("raw")}>
        {text}
      </pre>
    </details>
  );
}

/** Loading says that something is on its way. */
export const Loading = ({ text = t("loading") }: { text?: string }) => (
  <p class="loading" role="status">
    {text}
  </p>
);

/** Facts is a list of names and values. An entry without a value is left out. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  const shown = rows.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return (
    <dl class="facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
