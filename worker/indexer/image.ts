/** The rows that a stretch of the chain touches, in memory: read once, folded, written once, with what each was before. */
import {
  acts,
  admissions,
  collections,
  earningSums,
  earnings,
  fees,
  holders,
  holdings,
  makers,
  nonces,
  operators,
  parents,
  totals,
  trades,
  versions,
  works,
} from '@grimoire/schema/tables'

/** Every table that the chain alone decides, by name, with the columns that name a row. */
export const TABLES = {
  works: { table: works, key: ['workId'] },
  versions: { table: versions, key: ['workId', 'version'] },
  parents: { table: parents, key: ['workId', 'parentId'] },
  admissions: { table: admissions, key: ['workId', 'operator'] },
  holdings: { table: holdings, key: ['holder', 'workId'] },
  holders: { table: holders, key: ['holder'] },
  trades: { table: trades, key: ['seq'] },
  acts: { table: acts, key: ['seq', 'workId'] },
  collections: { table: collections, key: ['seq'] },
  earnings: { table: earnings, key: ['account', 'role', 'atSeconds', 'seq', 'kind'] },
  earningSums: { table: earningSums, key: ['account', 'role', 'groupedBy', 'group'] },
  operators: { table: operators, key: ['operator'] },
  makers: { table: makers, key: ['maker'] },
  nonces: { table: nonces, key: ['maker', 'nonce'] },
  fees: { table: fees, key: ['workId'] },
  totals: { table: totals, key: ['name'] },
} as const

export type TableName = keyof typeof TABLES
export type Row<T extends TableName> = (typeof TABLES)[T]['table']['$inferSelect']
export type AnyRow = Record<string, unknown>
export type RowName = { table: TableName; key: string }

/** Ids are hex, decimal digits, dates and words of ours, so a space never stands inside a part of a key. */
export const keyOf = (...parts: (string | number)[]): string => parts.join(' ')

export const keyOfRow = (table: TableName, row: AnyRow): string =>
  TABLES[table].key.map(column => String(row[column])).join(' ')

export type JournalEntry = RowName & { block: number; before: AnyRow | null }

export class Image {
  readonly journal: JournalEntry[] = []
  readonly changed = new Map<string, RowName>()
  #rows = new Map<string, AnyRow>()
  #journaled = new Set<string>()
  #block = 0
  #journaling = false
  #deliveries = new Map<string, number>()

  /** A sale was told of, whose editions a later event of the same transaction moves. */
  expectDelivery(key: string): void {
    this.#deliveries.set(key, (this.#deliveries.get(key) ?? 0) + 1)
  }

  /** Whether a sale was told of that these editions were sold in; each is delivered once. */
  takeDelivery(key: string): boolean {
    const expected = this.#deliveries.get(key) ?? 0
    if (expected > 0) this.#deliveries.set(key, expected - 1)
    return expected > 0
  }

  /** Rows as they stand in the database. What is not loaded counts as not there. */
  load(table: TableName, rows: readonly AnyRow[]): void {
    for (const row of rows) this.#rows.set(`${table} ${keyOfRow(table, row)}`, row)
  }

  /** Everything put from here on belongs to this block; `journaling` keeps what was there before it. */
  enter(block: number, journaling: boolean): void {
    this.#block = block
    this.#journaling = journaling
  }

  get<T extends TableName>(table: T, key: string): Row<T> | undefined {
    return this.#rows.get(`${table} ${key}`) as Row<T> | undefined // Safety: only rows of this table are stored under its name.
  }

  put<T extends TableName>(table: T, row: Row<T>): void {
    const key = keyOfRow(table, row)
    this.#remember(table, key)
    this.#rows.set(`${table} ${key}`, row)
  }

  /** The rows of a table that were put since the image was made, and are still there. */
  changedRows<T extends TableName>(table: T): Row<T>[] {
    return [...this.changed.values()].flatMap(name => {
      const row = name.table === table ? this.get(table, name.key) : undefined
      return row ? [row] : []
    })
  }

  remove(table: TableName, key: string): void {
    this.#remember(table, key)
    this.#rows.delete(`${table} ${key}`)
  }

  /** What is to be written and what is to be deleted, by table. */
  changes(): { table: TableName; rows: AnyRow[]; gone: string[] }[] {
    const byTable = new Map<TableName, { rows: AnyRow[]; gone: string[] }>()
    for (const [id, { table, key }] of this.changed) {
      const change = byTable.get(table) ?? { rows: [], gone: [] }
      const row = this.#rows.get(id)
      if (row) change.rows.push(row)
      else change.gone.push(key)
      byTable.set(table, change)
    }
    return Array.from(byTable, ([table, change]) => ({ table, ...change }))
  }

  #remember(table: TableName, key: string): void {
    const id = `${table} ${key}`
    this.changed.set(id, { table, key })
    const mark = `${this.#block} ${id}`
    if (!this.#journaling || this.#journaled.has(mark)) return
    this.#journaled.add(mark)
    this.journal.push({ block: this.#block, table, key, before: this.#rows.get(id) ?? null })
  }
}
