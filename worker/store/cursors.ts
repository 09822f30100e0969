/** Page cursors: opaque text that holds the place after the last row, and what was asked for, so that neither can be mixed up. */
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'

/** `asked` names the query that the page belongs to; `place` is the last row's place in its order. */
export const writeCursor = (asked: string, place: unknown): string =>
  btoa(encodeURIComponent(JSON.stringify([asked, place])))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

export function readCursor<T>(asked: string, cursor: string, place: z.ZodType<T>): T {
  const refuse = (expected: string) =>
    new Problem('request_invalid', { param: 'cursor', got: cursor, expected })
  let told: [string, T]
  try {
    const text = decodeURIComponent(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    told = z.tuple([z.string(), place]).parse(JSON.parse(text))
  } catch {
    throw refuse('the nextCursor of an earlier page')
  }
  if (told[0] !== asked) throw refuse('the nextCursor of a page of this same query')
  return told[1]
}
