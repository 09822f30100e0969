/** Columns that keep what the ledger names in few bytes: a work as its ordinal, accounts and hashes as the bytes they are. */
import { type Column, type SQL, sql } from 'drizzle-orm'
import { customType } from 'drizzle-orm/sqlite-core'
import { hexOfBytes } from './cid.ts'

// Safety: D1 answers a blob as an array of bytes.
const hexOf = (stored: unknown): string => hexOfBytes(Uint8Array.from(stored as ArrayLike<number>))

export const withoutPrefix = (hex: string): string => (hex.startsWith('0x') ? hex.slice(2) : hex)

/** An account or a transaction: lower-case hex with 0x to whoever reads it, 20 or 32 bytes in the file. */
export const hexBytes = customType<{ data: string; driverData: unknown }>({
  dataType: () => 'blob',
  toDriver: hex => sql`unhex(${withoutPrefix(hex)})`,
  fromDriver: stored => `0x${hexOf(stored)}`,
})

/** A content hash, which is written without 0x. */
export const hashBytes = customType<{ data: string; driverData: unknown }>({
  dataType: () => 'blob',
  toDriver: hash => sql`unhex(${hash})`,
  fromDriver: hexOf,
})

/** The ordinal of the work with this id; null, which equals nothing, where there is none. */
export const ordinalOf = (workId: string | SQL): SQL<number> =>
  sql<number>`(SELECT named.ordinal FROM works named WHERE named.work_id = ${workId})`

/**
 * A work, in every table that the chain alone fills. It is compared and inserted by its id, and read with `workIdOf`: its
 * ordinal, which the file holds, is another work's after a reorganisation, when these rows are written anew as well.
 */
export const workNumber = customType<{ data: string; driverData: number }>({
  dataType: () => 'integer',
  toDriver: workId => ordinalOf(workId),
  fromDriver: () => {
    throw new TypeError('a work is read with workIdOf')
  },
})

/** What is read of such a column. */
export const workIdOf = (column: Column): SQL<string> =>
  sql<string>`(SELECT named.work_id FROM works named WHERE named.ordinal = ${column})`

/** A text column with an account in it, to be held against bytes. */
export const bytesOf = (column: Column | SQL): SQL => sql`unhex(substr(${column}, 3))`

/** The same in SQL that is plain text: how accounts and works are asked for by what people write, and told in their words. */
export const bytesText = (text: string): string => `unhex(substr(${text}, 3))`
export const ordinalText = (workId: string): string =>
  `(SELECT named.ordinal FROM works named WHERE named.work_id = ${workId})`
export const hexText = (column: string): string => `'0x' || ${hashText(column)}`
export const hashText = (column: string): string => `lower(hex(${column}))`
