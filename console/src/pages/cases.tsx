// The open cases of an order: what happened, what to do, where to look, and the button that settles it.
import type { Case, Payment } from "../api.ts";
import type { Intent } from "../acts/attempt.ts";
import type { Acting } from "../acts/use.ts";
import { guideTo, nameOf } from "../guide.ts";
import { language, t } from "../i18n/index.ts";
import { hrefOf } from "../router.ts";
import { can, rolesWith, settings } from "../session.ts";
import { Link, Time } from "../ui/basics.tsx";

/** settles returns the act that ends a case. A case of the kind unaccounted ends when the money is explained by records. */
export function settles(p: Payment, c: Case): { intent: Intent; label: string } {
  if (["parked", "refused_in_doubt", "manual_refund"].includes(c.kind) && c.subject) {
    return { intent: { route: "resolve", operation: c.subject }, label: t("order.record_result") };
  }
  const conflict = p.conflicts?.find((one) => one.id === c.subject && !one.decision && one.kind !== "overflow");
  if (c.kind === "conflict" && conflict) return { intent: { route: "resolve", conflict: conflict.id }, label: t("order.decide") };
  if (c.kind === "unaccounted") return { intent: { route: "records" }, label: t("record") };
  return { intent: { route: "resolve", attention: c.kind, subject: c.subject }, label: t("order.acknowledge") };
}

export function Cases({ payment, acting }: { payment: Payment; acting: Acting }) {
  const open = payment.attention ?? [];
  if (open.length === 0) return null;
  return (
    <section class="panel cases" aria-labelledby="cases">
      <h2 id="cases">{t("order.cases")}</h2>
      <ul>{open.map((c) => <One key={`${c.kind} ${c.subject}`} c={c} payment={payment} acting={acting} />)}</ul>
      {!can("payments:resolve") && <p class="muted">{t("order.needs_resolve", { roles: rolesWith("payments:resolve") })}</p>}
    </section>
  );
}

function One({ c, payment, acting }: { c: Case; payment: Payment; acting: Acting }) {
  const { intent, label } = settles(payment, c);
  return (
    <li>
      <h3>{nameOf(c.kind)} <span class="muted">{t("order.since", { time: "" })}<Time at={c.since} /></span></h3>
      <p lang="en">{c.detail}</p>
      <CaseHelp c={c} />
      <SettlementRow c={c} />
      <div class="row">
        {can("payments:resolve") && (
          <button type="button" class="primary" onClick={() => acting.start(intent)}>{label}<span class="hidden">: {nameOf(c.kind)}</span></button>
        )}
        <BackOffice />
      </div>
    </li>
  );
}

/**
 * CaseHelp says what to do and where to look. The API's sentences are English, and meant for kasir's commands too. Only of the kind elsewhere
 * they fit the case better.
 */
export function CaseHelp({ c }: { c: Case }) {
  const own = language() === "en" && c.kind === "elsewhere" ? undefined : guideTo(c.kind);
  const request = /Request-Id (\S+)/.exec(c.where)?.[1];
  return (
    <>
      <p><strong>{t("order.do")}:</strong> {own?.what ?? <span lang="en">{c.what_to_do}</span>}</p>
      <p><strong>{t("order.where")}:</strong> {own ? <>{own.where}{request && <> Request-Id <code>{request}</code></>}</> : <span lang="en">{c.where}</span>}</p>
    </>
  );
}

/** SettlementRow leads from a case to the settlement whose row does not match. */
export function SettlementRow({ c }: { c: Case }) {
  const [, batch, row] = /^([0-9a-f]{12}):(\d+)$/.exec(c.kind === "settlement" ? (c.subject ?? "") : "") ?? [];
  return batch && row && can("settlements:read") ? <Link href={hrefOf(`/settlements/${batch}`)}>{t("settlement.row", { row })}</Link> : null;
}

/** BackOffice is a link to DOKU's Back Office. Its address comes from the deployment's settings, and must be https. */
export function BackOffice() {
  const address = settings().back_office ?? "";
  const safe = /^https:\/\//.test(address) || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(address);
  return safe ? <a class="button" href={address} target="_blank" rel="noopener noreferrer">{t("order.back_office")}</a> : null;
}
