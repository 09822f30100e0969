/** What the relayer has sent, in its object's own database: by whose authorization, on which day, and the bytes that went out. */
import type { Hex } from '@grimoire/schema/hex'

export type Relayed = {
  payer: string
  /** The authorization's nonce: with its payer, what is relayed once. */
  nonce: Hex
  transaction: Hex
  /** The signed bytes, to be sent again where they were lost on the way. */
  raw: Hex
  accountNonce: number
}

const DAY_MS = 86_400_000
/** An authorization ends long before. */
const KEPT_DAYS = 60

export const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS)
export const dayEndsAtSeconds = (nowMs: number): number => ((dayOf(nowMs) + 1) * DAY_MS) / 1_000

export function openBook(sql: SqlStorage) {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS relays (payer TEXT NOT NULL, nonce TEXT NOT NULL, day INTEGER NOT NULL, tx TEXT NOT NULL,
       raw TEXT NOT NULL, account_nonce INTEGER NOT NULL, PRIMARY KEY (payer, nonce))`,
  )
  sql.exec('CREATE INDEX IF NOT EXISTS relays_by_day ON relays (day, payer)')
  const keyOf = ({ payer, nonce }: Pick<Relayed, 'payer' | 'nonce'>) => [payer.toLowerCase(), nonce] as const
  return {
    find(key: Pick<Relayed, 'payer' | 'nonce'>): Relayed | null {
      const [row] = sql
        .exec(
          'SELECT payer, nonce, tx AS "transaction", raw, account_nonce AS accountNonce FROM relays WHERE payer = ? AND nonce = ?',
          ...keyOf(key),
        )
        .toArray()
      return (row as Relayed | undefined) ?? null // Safety: written by `keep`, column by column.
    },
    keep(relayed: Relayed, nowMs: number): void {
      const { transaction, raw, accountNonce } = relayed
      sql.exec('DELETE FROM relays WHERE day < ?', dayOf(nowMs) - KEPT_DAYS)
      sql.exec(
        'INSERT INTO relays VALUES (?, ?, ?, ?, ?, ?)',
        ...keyOf(relayed),
        dayOf(nowMs),
        transaction,
        raw,
        accountNonce,
      )
    },
    forget(key: Pick<Relayed, 'payer' | 'nonce'>): void {
      sql.exec('DELETE FROM relays WHERE payer = ? AND nonce = ?', ...keyOf(key))
    },
    /** How many went out today, of this payer and of all. */
    counts(payer: string, nowMs: number): { ofPayer: number; ofAll: number } {
      const day = dayOf(nowMs)
      const one = sql.exec<{ n: number }>(
        'SELECT count(*) AS n FROM relays WHERE day = ? AND payer = ?',
        day,
        payer.toLowerCase(),
      )
      const all = sql.exec<{ n: number }>('SELECT count(*) AS n FROM relays WHERE day = ?', day)
      return { ofPayer: one.one().n, ofAll: all.one().n }
    },
  }
}
export type Book = ReturnType<typeof openBook>
