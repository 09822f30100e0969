/** Rows as a person reads them in a terminal: columns as wide as their longest cell, numbers to the right. */

export type Column<Row> = { title: string; cell: (row: Row) => string; toRight?: boolean }

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map(row => columns.map(({ cell }) => cell(row)))]
  const widths = columns.map((_, index) => Math.max(...cells.map(line => line[index]?.length ?? 0)))
  const padded = (line: string[]) =>
    line.map((text, index) => {
      const width = widths[index] ?? 0
      return columns[index]?.toRight ? text.padStart(width) : text.padEnd(width)
    })
  return cells.map(line => padded(line).join('  ').trimEnd()).join('\n')
}

/** An id or an address, short enough for a column and long enough to know it again. */
export const shortened = (text: string): string => (text.length > 14 ? `${text.slice(0, 12)}…` : text)
