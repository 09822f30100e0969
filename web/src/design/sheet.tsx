/** A table that becomes a list on a phone: each cell is told which column it stands in. */
import { isValidElement, type ReactNode } from 'react'

export function Sheet(props: {
  caption: string
  columns: readonly string[]
  /** A column that pictures what others say: nobody hears it, nor its name. */
  forTheEye?: string
  rows: readonly { key: string; cells: readonly ReactNode[] }[]
}) {
  const { caption, columns, forTheEye, rows } = props
  const unheard = (column: string | undefined) => (column === forTheEye && column ? true : undefined)
  return (
    <table className="sheet">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(column => (
            <th key={column} scope="col" aria-hidden={unheard(column)}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) => (
              <td key={columns[index]} data-label={columns[index]} aria-hidden={unheard(columns[index])}>
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
