// rupiah writes 90000 as Rp90.000, the way Indonesian price tags do.
export function rupiah(amount) {
  return "Rp" + String(amount).replace(/\B(?=(\d{3})+$)/g, ".");
}

const formatter = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

// when writes a moment in the reader's own time zone, and nothing for what is no moment.
export function when(moment) {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? "" : formatter.format(date);
}
