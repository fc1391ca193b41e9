// Money in whole rupiah and times in Jakarta, as Indonesian documents write them.
import { language } from "./i18n/index.ts";

const zone = "Asia/Jakarta";
const rupiah = new Intl.NumberFormat("id-ID", { style: "currency", currency: "IDR", maximumFractionDigits: 0 });

/** money writes whole rupiah, such as Rp 150.000. */
export const money = (amount: number): string => rupiah.format(amount);

/** parseMoney reads whole rupiah as people write them: 150.000, Rp 150000, 150,000. It returns undefined for anything else. */
export function parseMoney(text: string): number | undefined {
  const digits = text.trim().replace(/^rp\.?\s*/i, "");
  if (!/^\d+$/.test(digits) && !/^\d{1,3}([., ]\d{3})+$/.test(digits)) return undefined;
  const amount = Number(digits.replace(/\D/g, ""));
  return Number.isSafeInteger(amount) ? amount : undefined;
}

const locale = () => (language() === "id" ? "id-ID" : "en-GB");

/** time writes a moment in Jakarta, such as 30 Nov 2026, 15:05 WIB. */
export function time(moment: string, { seconds = false } = {}): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  const day = date.toLocaleDateString(locale(), { timeZone: zone, day: "numeric", month: "short", year: "numeric" });
  const clock = date.toLocaleTimeString("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds && { second: "2-digit" }),
  });
  return `${day}, ${clock} WIB`;
}

/** day writes a date without a time, such as 2026-11-30, as 30 Nov 2026. */
export function day(date: string): string {
  const noon = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) return date;
  return noon.toLocaleDateString(locale(), { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
}

/** dayOf returns the day of a moment in Jakarta, such as 2026-11-30. */
export const dayOf = (moment: Date): string => moment.toLocaleDateString("en-CA", { timeZone: zone });

/** daysBefore returns the day in Jakarta some days before another one. */
export function daysBefore(date: string, days: number): string {
  const noon = new Date(`${date}T12:00:00+07:00`);
  return dayOf(new Date(noon.getTime() - days * 86_400_000));
}

/** number writes a count with the separators of the language. */
export const number = (n: number): string => n.toLocaleString(language() === "id" ? "id-ID" : "en-GB");
