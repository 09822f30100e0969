/** Nonces and sessions: a nonce is spent by one statement, and of a token only its hash is kept. */
import { hexOfBytes } from '@grimoire/schema/cid'
import { NONCE_SECONDS, type OpenedSession, type Session } from '@grimoire/schema/session'
import { sessions, signInNonces } from '@grimoire/schema/tables-people'
import { and, asc, desc, eq, gt, lte, notInArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { sha256Of } from '../digest.ts'
import { nowSeconds } from '../now.ts'

/** A wallet that signs in once more than this loses its oldest session. */
const SESSIONS_PER_WALLET = 16
const NONCE_BYTES = 16
const TOKEN_BYTES = 32
/** So that scanners of leaked secrets, and people, know one when they see it. */
const TOKEN_PREFIX = 'grs_'

const randomHex = (bytes: number) => hexOfBytes(crypto.getRandomValues(new Uint8Array(bytes)))
const newToken = () => TOKEN_PREFIX + randomHex(TOKEN_BYTES)

export async function giveNonce(db: D1Database): Promise<{ nonce: string; expiresAtSeconds: number }> {
  const row = { nonce: randomHex(NONCE_BYTES), expiresAtSeconds: nowSeconds() + NONCE_SECONDS }
  await drizzle(db).insert(signInNonces).values(row)
  return row
}

/** Whether it was there, and in time. Of any number that ask at once, the database tells one that it was. */
export async function spendNonce(db: D1Database, nonce: string): Promise<boolean> {
  const spent = await drizzle(db)
    .delete(signInNonces)
    .where(and(eq(signInNonces.nonce, nonce), gt(signInNonces.expiresAtSeconds, nowSeconds())))
    .returning({ nonce: signInNonces.nonce })
  return spent.length === 1
}

const rowOf = (row: typeof sessions.$inferSelect): Session => ({
  sessionId: row.sessionId,
  wallet: getAddress(row.wallet),
  carrier: row.carrier === 'cookie' ? 'cookie' : 'bearer',
  createdAtSeconds: row.createdAtSeconds,
  expiresAtSeconds: row.expiresAtSeconds,
})

export async function openSession(
  db: D1Database,
  { wallet, carrier, expiresAtSeconds }: Pick<Session, 'wallet' | 'carrier' | 'expiresAtSeconds'>,
): Promise<OpenedSession & { token: string }> {
  const token = newToken()
  const row = {
    sessionId: crypto.randomUUID(),
    tokenHash: await sha256Of(token),
    wallet: wallet.toLowerCase(),
    carrier,
    createdAtSeconds: nowSeconds(),
    expiresAtSeconds,
  }
  const orm = drizzle(db)
  const newest = orm
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .where(eq(sessions.wallet, row.wallet))
    .orderBy(desc(sessions.createdAtSeconds), desc(eq(sessions.sessionId, row.sessionId)))
    .limit(SESSIONS_PER_WALLET)
  await orm.batch([
    orm.insert(sessions).values(row),
    orm.delete(sessions).where(and(eq(sessions.wallet, row.wallet), notInArray(sessions.sessionId, newest))),
  ])
  return { ...rowOf(row), token }
}

/** Who holds this token, while the session lasts. */
export async function findSession(db: D1Database, token: string): Promise<Session | null> {
  const row = await drizzle(db)
    .select()
    .from(sessions)
    .where(and(eq(sessions.tokenHash, await sha256Of(token)), gt(sessions.expiresAtSeconds, nowSeconds())))
    .get()
  return row ? rowOf(row) : null
}

/** Another token for the same session, whose end stays; null when the old one is no longer its token. */
export async function renewToken(db: D1Database, oldToken: string): Promise<string | null> {
  const token = newToken()
  const renewed = await drizzle(db)
    .update(sessions)
    .set({ tokenHash: await sha256Of(token) })
    .where(and(eq(sessions.tokenHash, await sha256Of(oldToken)), gt(sessions.expiresAtSeconds, nowSeconds())))
    .returning({ sessionId: sessions.sessionId })
  return renewed.length === 1 ? token : null
}

export async function sessionsOf(db: D1Database, wallet: string): Promise<Session[]> {
  const rows = await drizzle(db)
    .select()
    .from(sessions)
    .where(and(eq(sessions.wallet, wallet.toLowerCase()), gt(sessions.expiresAtSeconds, nowSeconds())))
    .orderBy(asc(sessions.createdAtSeconds))
    .limit(SESSIONS_PER_WALLET)
  return rows.map(rowOf)
}

/** Ends one session of a wallet, or all; answers how many. Another wallet's is none of them. */
export async function endSessions(db: D1Database, wallet: string, sessionId?: string): Promise<number> {
  const ended = await drizzle(db)
    .delete(sessions)
    .where(
      and(
        eq(sessions.wallet, wallet.toLowerCase()),
        sessionId === undefined ? undefined : eq(sessions.sessionId, sessionId),
      ),
    )
    .returning({ sessionId: sessions.sessionId })
  return ended.length
}

/** What has ended by itself is of no use to anyone. */
export async function dropEnded(db: D1Database): Promise<void> {
  const orm = drizzle(db)
  const now = nowSeconds()
  await orm.batch([
    orm.delete(signInNonces).where(lte(signInNonces.expiresAtSeconds, now)),
    orm.delete(sessions).where(lte(sessions.expiresAtSeconds, now)),
  ])
}
