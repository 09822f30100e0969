/** The first page's reader says what the schema says, of what is right and of what is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edgeHealth, worksPage } from '@grimoire/schema/catalogue'
import { facetsAnswer } from '@grimoire/schema/facets'
import { readFacets, readHealth, readShelf } from './read-plainly.ts'

const work = {
  workId: '42',
  model: 'grimoire:1:0x00000000000000000000000000000000000000aa:42',
  creator: '0x00000000000000000000000000000000000000bb',
  terms: {
    kind: 'prompt',
    disclosure: 'sealed',
    admission: 'listed',
    editionCap: 3,
    priceAtomic: '2000000',
    resaleRoyaltyBps: 1,
    usageRoyaltyBps: 1,
    maxTurnFeeAtomic: '1',
    maxInputPerMillionBytesAtomic: '1',
    maxOutputPerMillionBytesAtomic: '1',
  },
  minted: 1,
  latestVersion: 1,
  contentHash: 'a'.repeat(64),
  title: null,
  summary: null,
  tags: [],
  language: null,
  licence: null,
  baseModelName: null,
  baseModelSha256: null,
  hasAdapter: null,
  createdAtSeconds: 1,
  floorPriceAtomic: null,
  lastPriceAtomic: null,
  liveListings: 0,
  sales: 0,
  collectedAtomic: '0',
  royaltiesAtomic: '0',
  openings: 0,
}
const page = (part: object, terms: object = {}) => ({
  works: [{ ...work, ...part, terms: { ...work.terms, ...terms } }],
  ...{ nextCursor: null, sort: 'new', order: 'relevance', bounded: false },
  corrected: [{ from: 'captian', to: 'captain' }],
})

const accepts = (read: (body: unknown) => unknown, body: unknown): boolean => {
  try {
    read(body)
    return true
  } catch {
    return false
  }
}

test('a work that the schema takes is taken, with the same values', () => {
  const told = page({ title: 'A title', floorPriceAtomic: '7' })
  const [whole] = worksPage.parse(told).works
  const [book] = readShelf(told).works
  assert.ok(whole && book)
  const { order, bounded, corrected } = readShelf(told)
  assert.deepEqual({ ...worksPage.parse(told), order, bounded, corrected }, worksPage.parse(told))
  for (const [name, value] of Object.entries(book)) {
    const expected: unknown = Reflect.get(whole, name)
    if (name === 'terms') assert.deepEqual({ ...whole.terms, ...book.terms }, whole.terms)
    else assert.equal(value, expected, name)
  }
})

test('what the schema refuses in a field that is shown, is refused', () => {
  const wrong: object[] = [
    page({ workId: 12 }),
    page({ workId: '-1' }),
    page({ creator: '0x12' }),
    page({ title: 7 }),
    page({ minted: -1 }),
    page({ minted: 1.5 }),
    page({ floorPriceAtomic: '1.5' }),
    page({ collectedAtomic: null }),
    page({ sales: '3' }),
    page({}, { kind: 'spell' }),
    page({}, { priceAtomic: 1 }),
    page({}, { editionCap: 'many' }),
    { ...page({}), works: 'none' },
    { ...page({}), works: [null] },
    { ...page({}), nextCursor: 4 },
    { ...page({}), order: 'luck' },
    { ...page({}), bounded: null },
    { ...page({}), corrected: [{ from: 'captian' }] },
  ]
  for (const body of wrong) {
    assert.equal(worksPage.safeParse(body).success, false, JSON.stringify(body))
    assert.equal(accepts(readShelf, body), false, JSON.stringify(body))
  }
  assert.equal(accepts(readShelf, null), false)
})

test('the state of the index is read as the schema reads it', () => {
  const health = {
    status: 'behind',
    chainId: 1,
    indexedBlock: 5,
    headBlock: null,
    lagBlocks: null,
    indexedAtSeconds: 0,
    reason: 'The chain does not answer.',
  }
  const whole = edgeHealth.parse(health)
  assert.deepEqual({ ...whole, ...readHealth(health) }, whole)
  for (const wrong of [{ status: 'well' }, { indexedBlock: '5' }, { reason: 3 }]) {
    assert.equal(edgeHealth.safeParse({ ...health, ...wrong }).success, false)
    assert.equal(accepts(readHealth, { ...health, ...wrong }), false)
  }
})

test('the facets of the market are read as the schema reads them', () => {
  const value = [{ value: 'a', works: 2 }]
  const band = { fromAtomic: '1', toAtomic: null, works: 1 }
  const facets = {
    ...{ works: 2, kind: value, disclosure: value, price: [band], language: value, licence: value },
    ...{ base: value, baseName: value, adapter: value, tag: value },
  }
  const whole = facetsAnswer.parse(facets)
  assert.deepEqual({ ...whole, ...readFacets(facets) }, whole)
  for (const wrong of [
    { tag: [{ value: 1, works: 2 }] },
    { price: [{ ...band, works: -1 }] },
    { kind: null },
  ]) {
    assert.equal(facetsAnswer.safeParse({ ...facets, ...wrong }).success, false)
    assert.equal(accepts(readFacets, { ...facets, ...wrong }), false)
  }
})
