// Tables. On a narrow screen each row becomes a card, in which every cell has the name of its column.
import type { ComponentChildren } from "preact";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren;
  number?: boolean; // aligned at the right
  main?: boolean; // the heading of the row
}

// The roles keep the table a table for screen readers when CSS lays it out as cards.
export function Table<Row>({
  caption,
  columns,
  rows,
  id,
}: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  id: (row: Row) => string;
}) {
  const name = (column: Column<Row>) => (column.number ? "number" : undefined);
  return (
    <table class="cards" role="table">
      <caption class="hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((c) => (
            <th key={c.head} scope="col" role="columnheader" class={name(c)}>
              {c.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={id(row)} role="row">
            {columns.map((c) =>
              c.main ? (
                <th key={c.head} scope="row" role="rowheader" data-label={c.head} class={name(c)}>
                  {c.cell(row)}
                </th>
              ) : (
                <td key={c.head} role="cell" data-label={c.head} class={name(c)}>
                  {c.cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
