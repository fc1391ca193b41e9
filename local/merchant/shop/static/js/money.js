// rupiah formats 90000 as Rp90.000, as Indonesian price tags do.
export function rupiah(amount) {
  return "Rp" + String(amount).replace(/\B(?=(\d{3})+$)/g, ".");
}

const formatter = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

// when formats a time in the reader's own time zone. It returns "" for an invalid time.
export function when(moment) {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? "" : formatter.format(date);
}
