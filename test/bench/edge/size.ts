/** How much of a database's file each part of it takes: the catalogue, the words it is searched by, and what people did. */
import { DatabaseSync } from 'node:sqlite'

/** One row of each a work, or a few: what stands in lists, on the work's page and in the indexes over both. */
const CATALOGUE = ['works', 'versions', 'parents', 'admissions', 'texts', 'search', 'shelves', 'creators']
/** These grow with the words and values that are in use, and hardly with the works that use them. */
const WORDS = ['words', 'word_pieces', 'scratch', 'facet_counts']

/** A full-text index keeps its parts in tables of its own, named after it. */
const belongs = (tables: readonly string[], name: string): boolean =>
  tables.some(
    table =>
      name === table || (name.startsWith(`${table}_`) && /_(data|idx|docsize|config|content)$/.test(name)),
  )

/** `whole` leaves out pages that migrations emptied: works that come later fill them. */
export function bytesByTable(file: string): { whole: number; catalogue: number; words: number } {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const parts = db
      .prepare(
        `SELECT m.tbl_name AS name, sum(s.pgsize) AS bytes
         FROM dbstat s JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = 1 GROUP BY m.tbl_name`,
      )
      .all()
      .map(({ name, bytes }) => ({ name: String(name), bytes: Number(bytes) }))
    const sum = (tables: readonly string[]) =>
      parts.filter(({ name }) => belongs(tables, name)).reduce((total, { bytes }) => total + bytes, 0)
    const whole = parts.reduce((total, { bytes }) => total + bytes, 0)
    return { whole, catalogue: sum(CATALOGUE), words: sum(WORDS) }
  } finally {
    db.close()
  }
}
