/** Facets, orders, words with mistakes in them and cursors, over a real chain, in workerd. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { worksPage } from '@grimoire/schema/catalogue'
import { facetsAnswer } from '@grimoire/schema/facets'
import { childrenPage, creatorAnswer, pricesPage } from '@grimoire/schema/work-pages'
import { indexNow, json, people, startWorld, type World } from './fixture.ts'
import { buyEditions, publishWork } from './seed.ts'

let world: World
const idOf = new Map<string, string>()
const BASES = ['11'.repeat(32), '22'.repeat(32)]

/** Title, price, kind, disclosure, language, licence, tags, base, adapter. */
const drafts = [
  ['Garden planner', 0, 'prompt', 'openable', 'en', 'MIT', ['garden', 'home'], 0, false],
  ['Gardener of verse', 2, 'chatbot', 'sealed', 'en-GB', 'CC-BY-4.0', ['poetry', 'garden'], 1, true],
  ['Steuerberater', 20, 'chatbot', 'sealed', 'de', 'Proprietary', ['tax'], 1, true],
  ['Wine and garden notes', 5, 'prompt', 'sealed', 'fr', 'MIT', ['wine'], 0, false],
  ['Chemistry tutor', 2, 'chatbot', 'openable', 'en', 'CC-BY-4.0', ['school'], 1, false],
  ['School translator', 20, 'prompt', 'sealed', 'de', 'MIT', ['home'], 0, false],
] as const

before(async () => {
  world = await startWorld()
  for (const [title, price, kind, disclosure, language, licence, tags, base, adapter] of drafts) {
    const part = { name: 'a', mediaType: 'a/b', sha256: 'ee'.repeat(32), sizeBytes: 9, plainSizeBytes: 5 }
    const card = { ...part, role: 'card' as const }
    const { workId } = await publishWork(world, {
      salt: title,
      title,
      summary: 'Says what it is for.',
      tags: [...tags],
      terms: { priceAtomic: String(price * 1_000_000), kind, disclosure },
      manifest: {
        language,
        licence,
        base: { name: `Base ${base}`, sha256: BASES[base] ?? '' },
        parts: adapter ? [card, { ...part, role: 'adapter' as const }] : [card],
      },
    })
    idOf.set(title, workId)
  }
  await buyEditions(world, people.holder, idOf.get('Chemistry tutor') ?? '', 1)
  await buyEditions(world, people.holder, idOf.get('Wine and garden notes') ?? '', 1)
  await buyEditions(world, people.holder, idOf.get('Chemistry tutor') ?? '', 1)
  await indexNow(world.edge)
})
after(() => world.stop())

const page = async (query: string) => {
  const { status, body } = await json(world.edge, `/v1/works?${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return worksPage.parse(body)
}
const titles = async (query: string) => (await page(query)).works.map(({ title }) => title)
const newestFirst = (...wanted: string[]) =>
  drafts
    .map(([title]) => title)
    .toReversed()
    .filter(title => wanted.includes(title))

describe('facets', () => {
  test('each narrows the list to the works that have it', async () => {
    for (const [query, wanted] of [
      ['disclosure=openable', ['Garden planner', 'Chemistry tutor']],
      ['kind=chatbot', ['Gardener of verse', 'Steuerberater', 'Chemistry tutor']],
      [`base=${BASES[1]}`, ['Gardener of verse', 'Steuerberater', 'Chemistry tutor']],
      ['base=base%200', ['Garden planner', 'Wine and garden notes', 'School translator']],
      ['language=en', ['Garden planner', 'Gardener of verse', 'Chemistry tutor']],
      ['licence=mit', ['Garden planner', 'Wine and garden notes', 'School translator']],
      ['tags=home', ['Garden planner', 'School translator']],
      ['tags=home,garden', ['Garden planner']],
      ['adapter=yes', ['Gardener of verse', 'Steuerberater']],
      ['minPriceAtomic=2000001&maxPriceAtomic=19999999', ['Wine and garden notes']],
      ['maxPriceAtomic=0', ['Garden planner']],
      [`creator=${people.stranger.address}`, []],
      ['licence=none', []],
      ['minPriceAtomic=9&maxPriceAtomic=8', []],
    ] as const)
      assert.deepEqual(await titles(query), newestFirst(...wanted), query)
  })

  test('they meet each other, every order and a search', async () => {
    assert.deepEqual(
      await titles('kind=chatbot&language=en&licence=CC-BY-4.0&maxPriceAtomic=2000000&tags=poetry'),
      ['Gardener of verse'],
    )
    assert.deepEqual(await titles('language=de&sort=price'), ['Steuerberater', 'School translator'])
    assert.deepEqual(await titles('language=en&sort=sales'), [
      'Chemistry tutor',
      'Gardener of verse',
      'Garden planner',
    ])
    assert.deepEqual(await titles('q=garden&kind=prompt&sort=price'), [
      'Garden planner',
      'Wine and garden notes',
    ])
    assert.deepEqual(await titles('q=garden&adapter=yes'), ['Gardener of verse'])
    assert.deepEqual(await titles('kind=prompt&minPriceAtomic=1&sort=price'), [
      'Wine and garden notes',
      'School translator',
    ])
  })

  test('the counts are those of the lists', async () => {
    const { status, body } = await json(world.edge, '/v1/facets')
    assert.equal(status, 200)
    const facets = facetsAnswer.parse(body)
    assert.equal(facets.works, drafts.length)
    for (const facet of ['kind', 'disclosure', 'language', 'licence', 'base', 'adapter'] as const) {
      for (const { value, works } of facets[facet])
        assert.equal(
          (await titles(`${facet}=${encodeURIComponent(value)}`)).length,
          works,
          `${facet} ${value}`,
        )
    }
    for (const { fromAtomic, toAtomic, works } of facets.price) {
      const to = Number(toAtomic) - 1
      assert.equal((await titles(`minPriceAtomic=${fromAtomic}&maxPriceAtomic=${to}`)).length, works)
    }
    assert.deepEqual(facets.tag[0], { value: 'garden', works: 2 })
  })

  test('a value with a wrong shape is refused by the name of its field, a strange one finds nothing', async () => {
    for (const [query, param] of [
      ['tags=A,b', 'tags'],
      ['tags=a,b,c,d,e', 'tags'],
      ['language=English', 'language'],
      ['adapter=maybe', 'adapter'],
      ['minPriceAtomic=-1', 'minPriceAtomic'],
      ['maxPriceAtomic=1e300', 'maxPriceAtomic'],
      ['disclosure=open', 'disclosure'],
      [`base=${'a'.repeat(121)}`, 'base'],
    ]) {
      const { status, body } = await json(world.edge, `/v1/works?${query}`)
      assert.deepEqual([status, body.code, body.error?.param], [400, 'request_invalid', param], query)
    }
    for (const odd of ['"', '" OR "a', '*', '\u0000', '\ue000kind', "'; DROP TABLE works;--"])
      for (const facet of ['licence', 'base'])
        assert.deepEqual(await titles(`${facet}=${encodeURIComponent(odd)}`), [], odd)
  })
})

describe('orders', () => {
  test('by purchases and by what is warm: works without any follow by age', async () => {
    const rest = newestFirst('School translator', 'Steuerberater', 'Gardener of verse', 'Garden planner')
    assert.deepEqual(await titles('sort=sales'), ['Chemistry tutor', 'Wine and garden notes', ...rest])
    assert.deepEqual(await titles('sort=trending'), ['Chemistry tutor', 'Wine and garden notes', ...rest])
    assert.deepEqual(await titles('sort=served'), newestFirst(...drafts.map(([title]) => title)))
  })

  test('walking any of them shows every work once', async () => {
    for (const sort of ['price', 'sales', 'served', 'trending']) {
      for (const narrowed of ['', '&kind=chatbot&minPriceAtomic=1']) {
        const whole = await titles(`sort=${sort}${narrowed}`)
        const seen: (string | null)[] = []
        for (let cursor: string | null = ''; cursor !== null; ) {
          const one = await page(`sort=${sort}${narrowed}&limit=1${cursor && `&cursor=${cursor}`}`)
          seen.push(...one.works.map(({ title }) => title))
          cursor = one.nextCursor
        }
        assert.deepEqual(seen, whole, sort + narrowed)
      }
    }
  })
})

describe('words', () => {
  test('the title counts most, and the answer says that it goes by relevance', async () => {
    assert.equal((await page('q=school')).order, 'relevance')
    assert.deepEqual(await titles('q=school'), ['School translator', 'Chemistry tutor'])
    assert.equal((await page('q=school&sort=new')).order, 'recency')
  })

  test('a word with a mistake in it is taken for the nearest one, and the answer says so', async () => {
    for (const [typed, meant, title] of [
      ['chemstry', 'chemistry', 'Chemistry tutor'],
      ['tuotr', 'tutor', 'Chemistry tutor'],
      ['trnslatro', 'translator', 'School translator'],
      ['steuerberatter', 'steuerberater', 'Steuerberater'],
    ] as const) {
      const found = await page(`q=${typed}`)
      assert.deepEqual(found.corrected, [{ from: typed, to: meant }], typed)
      assert.deepEqual(
        found.works.map(work => work.title),
        [title],
      )
    }
    assert.deepEqual((await page('q=zzzzqqqq')).corrected, [])
    assert.deepEqual((await page('q=tuto')).corrected, [])
    assert.deepEqual((await page('q=wnie%20gardn')).corrected.length, 2)
  })

  test('a text cannot claim a facet that its work does not have', async () => {
    const forged = `Bait \ue000tag${Buffer.from('wine').toString('hex')}`
    await publishWork(world, { salt: 'bait', title: forged })
    await indexNow(world.edge)
    assert.deepEqual(await titles('tags=wine'), ['Wine and garden notes'])
    assert.equal((await titles('q=bait')).length, 1)
  })
})

describe('cursors', () => {
  test('works that fit a search equally well are each shown once, however small its pages', async () => {
    const twins: string[] = []
    for (let at = 0; at < 30; at++)
      twins.push((await publishWork(world, { salt: `twin ${at}`, title: 'Equal quokka' })).workId)
    await indexNow(world.edge)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const one = await page(`q=quokka&limit=5${cursor && `&cursor=${cursor}`}`)
      seen.push(...one.works.map(({ workId }) => workId))
      cursor = one.nextCursor
    }
    assert.deepEqual(seen.toSorted(), twins.toSorted())
  })

  test('one that was made up, altered, or is of another list, is refused by name', async () => {
    const { nextCursor } = await page('limit=1&sort=price')
    const [told = '', mac = ''] = nextCursor?.split('.') ?? []
    const other = (await page('limit=1&sort=price&kind=prompt')).nextCursor
    for (const cursor of [
      told,
      `.${mac}`,
      `${told}.${mac.slice(1)}`,
      `${btoa(JSON.stringify({ leg: 0, value: 0, ordinal: 0 })).replaceAll('=', '')}.${mac}`,
      other,
      '%22',
      'a.b',
    ]) {
      const { status, body } = await json(world.edge, `/v1/works?limit=1&sort=price&cursor=${cursor}`)
      assert.deepEqual(
        [status, body.code, body.error?.param],
        [400, 'cursor_invalid', 'cursor'],
        String(cursor),
      )
    }
    for (const path of ['trades?', `holdings?holder=${people.holder.address}&`]) {
      const { body } = await json(world.edge, `/v1/${path}cursor=${nextCursor}`)
      assert.equal(body.code, 'cursor_invalid')
    }
  })
})

describe('what hangs on a work and its creator', () => {
  const read = async (path: string) => (await json(world.edge, path)).body
  const sold = () => idOf.get('Chemistry tutor') ?? ''

  test('prices are one point for each purchase, newest first, a page at a time', async () => {
    const whole = pricesPage.parse(await read(`/v1/works/${sold()}/prices`))
    assert.deepEqual(
      whole.prices.map(({ priceAtomic, quantity, kind }) => [priceAtomic, quantity, kind]),
      [
        ['2000000', 1, 'mint'],
        ['2000000', 1, 'mint'],
      ],
    )
    const first = pricesPage.parse(await read(`/v1/works/${sold()}/prices?limit=1`))
    const second = pricesPage.parse(
      await read(`/v1/works/${sold()}/prices?limit=1&cursor=${first.nextCursor}`),
    )
    assert.deepEqual([...first.prices, ...second.prices], whole.prices)
    assert.equal(second.nextCursor, null)
  })

  test('works that name a parent are found from it, a page at a time, as claims until confirmed', async () => {
    for (const salt of ['child one', 'child two']) {
      await publishWork(world, { salt, title: salt, parents: [{ workId: BigInt(sold()), shareBps: 500 }] })
    }
    await indexNow(world.edge)
    const first = childrenPage.parse(await read(`/v1/works/${sold()}/children?limit=1`))
    const second = childrenPage.parse(
      await read(`/v1/works/${sold()}/children?limit=1&cursor=${first.nextCursor}`),
    )
    const children = [...first.children, ...second.children]
    assert.deepEqual(children.map(({ title }) => title).sort(), ['child one', 'child two'])
    assert.ok(children.every(({ shareBps, confirmed }) => shareBps === 500 && !confirmed))
    assert.equal(second.nextCursor, null)
  })

  test('a creator’s sums are those of its works; whoever made none has zeros', async () => {
    const { creator } = people
    const { works } = await page(`creator=${creator.address}&limit=100`)
    const told = creatorAnswer.parse(await read(`/v1/creators/${creator.address}`))
    assert.deepEqual(
      [told.creator, told.works, told.sales, told.minted],
      [creator.address, works.length, 3, works.reduce((sum, { minted }) => sum + minted, 0)],
    )
    const nobody = creatorAnswer.parse(await read(`/v1/creators/${people.treasury.address}`))
    assert.deepEqual([nobody.works, nobody.royaltiesAtomic], [0, '0'])
  })

  test('a malformed id or address, and a cursor of another page, are refused', async () => {
    const { nextCursor } = pricesPage.parse(await read(`/v1/works/${sold()}/prices?limit=1`))
    for (const [path, code] of [
      ['works/0x12/prices', 'request_invalid'],
      ['works/0/children', 'request_invalid'],
      ['creators/0x12', 'request_invalid'],
      [`works/${sold()}/children?cursor=${nextCursor}`, 'cursor_invalid'],
      [`works/${idOf.get('Garden planner')}/prices?cursor=${nextCursor}`, 'cursor_invalid'],
      [`works/${sold()}/prices?cursor=1`, 'cursor_invalid'],
    ]) {
      const { status, body } = await json(world.edge, `/v1/${path}`)
      assert.deepEqual([status, body.code], [400, code], path)
    }
  })
})
