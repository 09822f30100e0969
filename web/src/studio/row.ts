/** Values of a card that any program may have written: objects, read field by field. */
import { isRecord } from '@grimoire/schema/record'

export type Row = Record<string, unknown>

export const rowIn = (row: Row, name: string): Row => {
  const value = row[name]
  return isRecord(value) ? value : {}
}

export const textIn = (row: Row, name: string): string => {
  const value = row[name]
  return typeof value === 'string' ? value : ''
}
