/** Values of rows that are not bound one by one but carried to a statement in JSON: what is put there, and how a column takes it. */
import { ordinalText, withoutPrefix } from '@grimoire/schema/columns'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

const isOurs = (column: SQLiteColumn) => column.columnType === 'SQLiteCustomColumn'
export const namesWork = (column: SQLiteColumn): boolean =>
  isOurs(column) && column.getSQLType() === 'integer'

/** A value, as it is put into the JSON. */
export function carried(column: SQLiteColumn, value: unknown): unknown {
  if (value === null) return null
  if (!isOurs(column)) return column.mapToDriverValue(value)
  return namesWork(column) ? value : withoutPrefix(String(value))
}

/** That value as the column keeps it, where `json` reads it. */
export function keptFrom(column: SQLiteColumn, json: string): string {
  if (namesWork(column)) return ordinalText(json)
  return isOurs(column) ? `unhex(${json})` : json
}
