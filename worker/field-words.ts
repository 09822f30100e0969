/** What a field means by its name: units by their endings, and the words that every page of rows has, where its schema says nothing. */
import { isRecord } from '@grimoire/schema/record'
import type { Description, Parameter, Schema } from './description.ts'

const NAMES: Record<string, string> = {
  limit: 'How many rows a page has at most',
  cursor: 'The `nextCursor` of the page before; only for the same query',
  nextCursor: 'Asks for the next page; null on the last',
  format: 'The form of the answer; the accept header does the same',
  workId: 'The id of a work, as decimal digits',
  version: 'The version of a work, from 1',
  sha256: 'The sha256 of the bytes: 64 lower-case hex digits',
  signature: 'Hex of a signature, 64, 65 or more bytes',
  transaction: 'The hash of the transaction on the chain',
  address: 'An account on the chain',
  chainId: 'The id of the chain',
  q: 'Words to find; the last may be unfinished',
  kind: 'The kind of work, or of row',
  sort: 'The order of the rows',
  by: 'What sums are grouped by',
  sessionId: 'A session, as GET /v1/sessions names it',
  wallet: 'The account that signed in',
  carrier: 'How the session travels: as a bearer token, or in a cookie of the page',
  role: 'On which side of a payment the account stands',
  id: 'What the row or the work is called',
  disclosure: 'Whether a holder may open a copy',
  base: 'The base model: the sha256 of its weights, or its name',
  language: 'A language of two or three letters; regions belong to it',
  licence: 'The licence, as the manifest names it',
  tags: 'Tags, with commas between: works that have them all',
  adapter: 'Whether the work brings an adapter',
  minPriceAtomic: 'The least price, in atomic units of the money',
  maxPriceAtomic: 'The highest price, in atomic units of the money',
  bounded: 'Fewer works than asked for, though more may be: `nextCursor` looks further',
  corrected: 'Words that no work has, and what was looked for instead',
  order: 'How the page is ordered in truth',
  works: 'How many works, or the works themselves',
  creator: 'The account that created the work',
  seller: 'The account that sells',
  buyer: 'The account that buys',
  holder: 'The account that holds editions',
  operator: 'The account that runs an inference node',
}

const ENDINGS: [RegExp, string][] = [
  [/PerMillionBytesAtomic$/, 'In atomic units of the money for a million bytes, as decimal digits'],
  [/Atomic$/, 'In atomic units of the money, as decimal digits'],
  [/Bps$/, 'In hundredths of a percent'],
  [/AtSeconds$|UntilSeconds$/, 'In seconds since 1970'],
  [/Seconds$/, 'In seconds'],
  [/Ms$/, 'In milliseconds'],
  [/Bytes$/, 'In bytes'],
  [/Blocks?$|BlockNumber$/, 'In blocks of the chain'],
  [/Day$/, 'A day of UTC: YYYY-MM-DD'],
  [/Hash$/, 'A hash: 64 hex digits'],
]

export const wordsFor = (name: string): string | undefined =>
  NAMES[name] ?? ENDINGS.find(([ending]) => ending.test(name))?.[1]

function fill(schema: unknown): void {
  if (Array.isArray(schema)) for (const one of schema) fill(one)
  if (!isRecord(schema)) return
  const { properties } = schema as Schema // Safety: every field of it is optional.
  for (const [name, inner] of Object.entries(properties ?? {})) {
    const words = wordsFor(name)
    if (isRecord(inner) && words !== undefined) inner.description ??= words
  }
  for (const inner of Object.values(schema)) fill(inner)
}

/** Writes into the description what names say already. */
export function addFieldWords(document: Description): void {
  fill(document.components.schemas)
  for (const operation of Object.values(document.paths).flatMap(Object.values<Described>)) {
    for (const parameter of operation.parameters ?? []) describeParameter(parameter)
    fill(operation.requestBody)
    fill(operation.responses)
  }
}

type Described = Description['paths'][string][string]

function describeParameter(parameter: Parameter): void {
  const own = isRecord(parameter.schema) ? parameter.schema.description : undefined
  const words = typeof own === 'string' ? own : wordsFor(parameter.name)
  if (words !== undefined) parameter.description ??= words
}
