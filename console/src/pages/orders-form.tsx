// The search form of the orders, and the searches that a person has saved.
import { useEffect, useState } from "preact/hooks";
import { useDraft } from "../draft.ts";
import { type Failure, wrongField } from "../failure.ts";
import { dayOf, daysBefore } from "../format.ts";
import { known, t } from "../i18n/index.ts";
import { hrefOf } from "../router.ts";
import { type Saved, removeSearch, saveSearch, savedSearches } from "../saved.ts";
import { type Filters, filterNames } from "../search.ts";
import { Link } from "../ui/basics.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, Select } from "../ui/field.tsx";

const statuses = [
  "PAID",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
  "VOIDED",
  "AUTHORIZED",
  "CAPTURING",
  "PENDING",
  "FAILED",
  "EXPIRED",
  "AUTHORIZATION_EXPIRED",
  "NEEDS_REVIEW",
  "CREATING",
];

/** shownFields are the parameters whose errors the form shows itself. */
export const shownFields = ["/invoice_number", "/last4", "/customer_id", "/status", "/from", "/to", "/attention"];

const empty = (): Filters => Object.fromEntries(filterNames.map((name) => [name, ""]));

export function SearchForm({
  filters,
  search,
  failure,
}: {
  filters: Filters;
  search: (next: Record<string, string>) => void;
  failure: Failure | undefined;
}) {
  const address = JSON.stringify(filters);
  const [typed, setTyped] = useDraft<{ address: string; values: Filters }>("search", { address, values: filters });
  const values = typed.address === address ? typed.values : filters; // another address has other filters
  const set = (changes: Filters) => setTyped({ address, values: { ...values, ...changes } });
  const more = filterNames.filter((name) => name !== "q" && filters[name]).length;
  const wide = () => more > 0 && matchMedia("(min-width: 641px)").matches; // on a phone the orders come first
  const [open, setOpen] = useState(wide);
  useEffect(() => {
    if (wide()) setOpen(true);
  }, [address]);
  const today = dayOf(new Date());
  const submit = (event: Event) => {
    event.preventDefault();
    setTyped(undefined);
    search({ ...empty(), ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value?.trim() ?? ""])) });
  };
  const days: [string, string, string][] = [
    [t("orders.today"), today, today],
    [t("orders.yesterday"), daysBefore(today, 1), daysBefore(today, 1)],
    [t("orders.week"), daysBefore(today, 6), today],
    [t("orders.month"), daysBefore(today, 30), today],
  ];
  return (
    <div class="panel">
      <form role="search" onSubmit={submit} noValidate>
        <div class="search">
          <Field
            label={t("orders.search")}
            type="search"
            value={values.q ?? ""}
            set={(q) => set({ q })}
            help={t("orders.search_help")}
            error={wrongField(failure, "/invoice_number")}
          />
          <button class="primary" type="submit">
            {t("orders.find")}
          </button>
        </div>
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {t("orders.filters")}
            {more > 0 && ` (${more})`}
          </summary>
          <div class="grid">
            <Field
              label={t("orders.last4")}
              inputMode="numeric"
              value={values.last4 ?? ""}
              set={(last4) => set({ last4 })}
              error={filters.last4 && !/^\d{4}$/.test(filters.last4) ? t("orders.last4_wrong") : wrongField(failure, "/last4")}
            />
            <Field
              label={t("orders.customer")}
              value={values.customer ?? ""}
              set={(customer) => set({ customer })}
              error={wrongField(failure, "/customer_id")}
            />
            <Select
              label={t("orders.status")}
              value={values.status ?? ""}
              set={(status) => set({ status })}
              error={wrongField(failure, "/status")}
              choices={[["", t("orders.any")], ...statusChoices(values.status)]}
            />
            <Field
              label={t("orders.from")}
              type="date"
              value={values.from ?? ""}
              set={(from) => set({ from })}
              error={wrongField(failure, "/from")}
            />
            <Field
              label={t("orders.to")}
              type="date"
              value={values.to ?? ""}
              set={(to) => set({ to })}
              error={wrongField(failure, "/to")}
              help={t("orders.days_help")}
            />
            <Select
              label={t("orders.settled")}
              value={values.settled ?? ""}
              set={(settled) => set({ settled })}
              choices={[
                ["", t("orders.any")],
                ["true", t("orders.settled_yes")],
                ["false", t("orders.settled_no")],
              ]}
            />
            <Select
              label={t("orders.attention")}
              value={values.attention ?? ""}
              set={(attention) => set({ attention })}
              error={wrongField(failure, "/attention")}
              choices={attentionChoices(values.attention)}
            />
          </div>
          <div class="row" role="group" aria-label={t("orders.days")}>
            {days.map(([name, from, to]) => (
              <button key={name} type="button" class="small" onClick={() => search({ ...empty(), ...values, from, to })}>
                {name}
              </button>
            ))}
          </div>
        </details>
      </form>
      <SavedSearches filters={filters} />
    </div>
  );
}

const statusChoices = (chosen = ""): [string, string][] =>
  [...new Set(["PAID,PARTIALLY_REFUNDED", ...statuses, chosen])].filter(Boolean).map((s) => [
    s,
    s
      .split(",")
      .map((one) => known(`status.${one}`) ?? one)
      .join(", "),
  ]);

const attentionChoices = (chosen = ""): [string, string][] => [
  ["", t("orders.any")],
  ["true", t("orders.attention_yes")],
  ...(chosen && chosen !== "true"
    ? [
        [
          chosen,
          chosen
            .split(",")
            .map((kind) => known(`case.${kind}`) ?? kind)
            .join(", "),
        ] as [string, string],
      ]
    : []),
];

function SavedSearches({ filters }: { filters: Filters }) {
  const [saved, setSaved] = useState<Saved[]>(savedSearches);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value) as [string, string][]).toString();
  const save = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return;
    setSaved(saveSearch(name.trim(), query));
    setNaming(false);
    setName("");
  };
  return (
    <div class="row saved">
      {saved.map((s) => (
        <span key={s.name} class="chip">
          <Link href={hrefOf("/orders", new URLSearchParams(s.query))}>{s.name}</Link>
          <button
            type="button"
            class="link"
            aria-label={t("saved.remove", { name: s.name })}
            onClick={() => setSaved(removeSearch(s.name))}
          >
            ✕
          </button>
        </span>
      ))}
      {query && (
        <button type="button" class="small" onClick={() => setNaming(true)}>
          {t("saved.save")}
        </button>
      )}
      {naming && (
        <Dialog title={t("saved.save")} close={() => setNaming(false)}>
          <form onSubmit={save}>
            <Field label={t("saved.name")} value={name} set={setName} required autofocus help={t("saved.help")} />
            <div class="row end">
              <button type="button" onClick={() => setNaming(false)}>
                {t("cancel")}
              </button>
              <button type="submit" class="primary">
                {t("saved.keep")}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </div>
  );
}
