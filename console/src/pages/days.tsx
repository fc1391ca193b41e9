// The choice of days, which are in the address.
import { useEffect, useState } from "preact/hooks";
import { daysBefore } from "../format.ts";
import { type Key, t } from "../i18n/index.ts";
import { Field } from "../ui/field.tsx";

export interface Range { from: string; to: string; wrong?: Key }

const isDay = (text: string) => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text) : new Date(NaN);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text; // a browser takes 31 February for 3 March
};

/** rangeOf returns the days in the address; without days, today. */
export function rangeOf(query: URLSearchParams, today: string): Range {
  const from = query.get("from") || query.get("to") || today;
  const to = query.get("to") || (from > today ? from : today);
  if (!isDay(from) || !isDay(to)) return { from: today, to: today, wrong: "days.unreadable" };
  if (from > to) return { from, to, wrong: "days.order" };
  return from < daysBefore(to, 91) ? { from, to, wrong: "days.many" } : { from, to };
}

export function Days({ range, today, change }: { range: Range; today: string; change: (days: Record<string, string>) => void }) {
  const [typed, setTyped] = useState<Range>(range);
  useEffect(() => setTyped(range), [range.from, range.to]);
  const ranges: [Key, string, string][] = [
    ["orders.today", today, today], ["orders.yesterday", daysBefore(today, 1), daysBefore(today, 1)],
    ["orders.week", daysBefore(today, 6), today], ["orders.month", daysBefore(today, 30), today],
  ];
  const show = (event: Event) => {
    event.preventDefault();
    change({ from: typed.from, to: typed.to });
  };
  return (
    <form class="row days" onSubmit={show} noValidate aria-label={t("orders.days")}>
      <span class="row" role="group" aria-label={t("orders.days")}>
        {ranges.map(([name, from, to]) => (
          <button key={name} type="button" class="small" aria-pressed={range.from === from && range.to === to} onClick={() => change({ from, to })}>{t(name)}</button>
        ))}
      </span>
      <details>
        <summary>{t("days.other")}</summary>
        <div class="row">
          <Field label={t("orders.from")} type="date" value={typed.from} set={(from) => setTyped({ ...typed, from })} />
          <Field label={t("orders.to")} type="date" value={typed.to} set={(to) => setTyped({ ...typed, to })} />
          <button type="submit">{t("days.show")}</button>
        </div>
        <p class="help">{t("days.help")}</p>
      </details>
    </form>
  );
}
