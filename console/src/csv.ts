// CSV files that a spreadsheet opens without running a cell of them.

export type Cell = string | number | undefined;

/**
 * csv returns rows as RFC 4180 has them. A text that a spreadsheet would take for a formula begins with an apostrophe. So does the part after
 * a semicolon, because where the comma is in amounts, as in Indonesia, spreadsheets take the semicolon for the end of a cell.
 */
export function csv(rows: Cell[][]): string {
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function cell(value: Cell): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = value.replace(/(^|[;\t\r\n]["\s]*)([=+\-@\t\r])/g, "$1'$2");
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** download offers a text as a file. The mark at the beginning makes Excel read it as UTF-8. */
export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
