/** A table that becomes a list on a phone: each cell is told which column it stands in. */
import { isValidElement, type ReactNode } from 'react'

export function Sheet(props: {
  caption: string
  columns: readonly string[]
  rows: readonly { key: string; cells: readonly ReactNode[] }[]
}) {
  const { caption, columns, rows } = props
  return (
    <table className="sheet">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(column => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) => (
              <td key={columns[index]} data-label={columns[index]}>
                {isValidElement(cell) ? cell : <span>{cell}</span>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A part of a page under its own heading, red as a scribe's. */
export function Chapter({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-14" aria-label={title}>
      <h2 className="rubric mb-4">{title}</h2>
      {children}
    </section>
  )
}
