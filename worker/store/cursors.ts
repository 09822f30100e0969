/** Page cursors: the place after the last row, signed together with what was asked for, so that none can be made up or mixed up. */
import { Problem } from '@grimoire/schema/problem'
import type { z } from 'zod'
import type { Settings } from '../env.ts'

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' }
/** Of the signature: 128 bits are more than anyone guesses. */
const MAC_BYTES = 16

const keys = new WeakMap<Settings, Promise<CryptoKey>>()
const utf8 = (text: string) => new TextEncoder().encode(text)

function keyOf(settings: Settings): Promise<CryptoKey> {
  const known = keys.get(settings)
  if (known) return known
  const key = crypto.subtle.importKey('raw', utf8(settings.CURSOR_KEY), ALGORITHM, false, ['sign'])
  keys.set(settings, key)
  return key
}

async function signed(settings: Settings, asked: string, told: string): Promise<string> {
  const mac = await crypto.subtle.sign(ALGORITHM, await keyOf(settings), utf8(`${asked}\n${told}`))
  return base64url(String.fromCharCode(...new Uint8Array(mac).subarray(0, MAC_BYTES)))
}

const base64url = (binary: string): string =>
  btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** `asked` names the query that the page belongs to; `place` is the last row's place in its order. */
export async function writeCursor(settings: Settings, asked: string, place: unknown): Promise<string> {
  const told = base64url(encodeURIComponent(JSON.stringify(place)))
  return `${told}.${await signed(settings, asked, told)}`
}

/** Null for the first page, which has none. */
export async function readCursor<T>(
  settings: Settings,
  asked: string,
  cursor: string | undefined,
  place: z.ZodType<T>,
): Promise<T | null> {
  if (cursor === undefined) return null
  const [told = '', mac = ''] = cursor.split('.')
  // The comparison may be timed: who learns a signature byte by byte can go to a page that anyone may read.
  if (told === '' || mac !== (await signed(settings, asked, told))) {
    throw new Problem('cursor_invalid', {
      param: 'cursor',
      got: cursor,
      expected: 'the nextCursor of a page of this same query',
    })
  }
  const text = decodeURIComponent(atob(told.replaceAll('-', '+').replaceAll('_', '/')))
  return place.parse(JSON.parse(text))
}

/** How a list is read: one row more than a page shows, which says that there is another page, and each row's place. */
type Rows<T> = { rows: readonly T[]; limit: number; placeOf: (last: T) => unknown }

export async function pageOf<T>(
  settings: Settings,
  asked: string,
  { rows, limit, placeOf }: Rows<T>,
): Promise<{ page: T[]; nextCursor: string | null }> {
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { page, nextCursor: last ? await writeCursor(settings, asked, placeOf(last)) : null }
}
