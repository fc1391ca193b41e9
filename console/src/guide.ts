// The kinds of open cases, as docs/alarms.md lists them.
import { known, t } from "./i18n/index.ts";

/** kinds are the kinds of open cases, the most urgent first. */
export const kinds = [
  "parked", "refused_in_doubt", "conflict", "restored", "auto_capture_failed", "authorization_expiring", "closed_paid", "late", "manual_refund",
  "unaccounted", "overdrawn", "elsewhere", "settlement", "amount_corrected", "unmatched_request", "odd_code", "unconfirmed", "not_settled",
];

/** holding are the kinds under which no money of the order moves. */
export const holding = ["parked", "refused_in_doubt", "conflict", "restored"];

export const nameOf = (kind: string): string => known(`case.${kind}`) ?? kind;

/** urgency orders kinds. One that the console does not know comes last. */
export const urgency = (kind: string): number => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);

/** guideTo returns what to do, where to look, and what ends a case, or undefined for a kind that the console does not know. */
export function guideTo(kind: string): { what: string; where: string; ends: string } | undefined {
  const what = known(`guide.do.${kind}`);
  return what === undefined ? undefined : { what, where: known(`guide.where.${kind}`) ?? t("guide.transaction"), ends: known(`guide.ends.${kind}`) ?? "" };
}
