/** Lists, search and single works, over a real chain, in workerd. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { workDetail, worksPage } from '@grimoire/schema/catalogue'
import { indexNow, json, ledgerOf, people, startWorld, type World } from './fixture.ts'
import { buyEditions, manifestOf, publishWork, putBlob, sha256 } from './seed.ts'

let world: World
const ids: string[] = []
const titles = [
  'Pirate tutor',
  'Résumé polisher',
  'Haiku smith',
  'Pirate cook',
  'Zen gardener',
  'Tax explainer',
  'Chess coach',
]

before(async () => {
  world = await startWorld()
  for (const [at, title] of titles.entries()) {
    const priceAtomic = String(1_000_000 * (1 + (at % 3)))
    const { workId } = await publishWork(world, {
      salt: `work ${at}`,
      title,
      tags: at % 2 ? ['odd'] : ['even'],
      creator: at === 6 ? people.stranger : people.creator,
      terms: { priceAtomic, kind: at % 2 ? 'prompt' : 'chatbot' },
    })
    ids.push(workId)
  }
  await buyEditions(world, people.holder, ids[2] ?? '', 2)
  await indexNow(world.edge)
})
after(() => world.stop())

const list = async (query: string) => {
  const { status, body } = await json(world.edge, `/v1/works?${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return worksPage.parse(body)
}
const titlesOf = async (query: string) => (await list(query)).works.map(work => work.title)

async function walk(query: string): Promise<string[]> {
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await list(`${query}&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...page.works.map(work => work.workId))
    cursor = page.nextCursor
  }
  return seen
}

describe('listing', () => {
  test('the newest work comes first, with what the ledger and its manifest say', async () => {
    const { works } = await list('')
    assert.equal(works.length, titles.length)
    const [newest] = works
    assert.equal(newest?.workId, ids[6])
    assert.equal(newest?.creator, people.stranger.address)
    assert.equal(newest?.title, 'Chess coach')
    assert.equal(newest?.terms.priceAtomic, '1000000')
    assert.equal(newest?.hasAdapter, false)
    const sold = works.find(work => work.workId === ids[2])
    assert.deepEqual([sold?.minted, sold?.sales, sold?.lastPriceAtomic], [2, 1, '3000000'])
  })

  for (const sort of ['new', 'price', 'sales']) {
    test(`walking the pages by ${sort} shows every work once, in the order of one big page`, async () => {
      const whole = (await list(`sort=${sort}`)).works.map(work => work.workId)
      assert.deepEqual(await walk(`sort=${sort}`), whole)
    })
  }

  test('a work published between two pages neither repeats nor hides another', async () => {
    const first = await list('limit=3')
    await publishWork(world, { salt: 'late', title: 'Latecomer' })
    await indexNow(world.edge)
    const second = await list(`limit=10&cursor=${first.nextCursor}`)
    const seen = [...first.works, ...second.works].map(work => work.title)
    assert.deepEqual(seen, [...titles].reverse())
  })

  test('kind and creator narrow the list, together and on every page', async () => {
    assert.deepEqual(
      await titlesOf('kind=prompt&sort=price'),
      ['Tax explainer', 'Résumé polisher', 'Pirate cook'].sort(byPrice),
    )
    assert.deepEqual(await titlesOf(`creator=${people.stranger.address.toLowerCase()}`), ['Chess coach'])
    assert.deepEqual(await titlesOf(`creator=${people.stranger.address}&kind=prompt`), [])
  })

  test('a query with a wrong shape is refused by the name of its field', async () => {
    for (const [query, param] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=x', 'limit'],
      ['kind=book', 'kind'],
      ['sort=rowid', 'sort'],
      ['creator=0x12', 'creator'],
    ]) {
      const { status, body } = await json(world.edge, `/v1/works?${query}`)
      assert.equal(status, 400, query)
      assert.equal(body.code, 'request_invalid')
      assert.equal(body.error.param, param)
    }
  })

  test('a cursor of one query does not continue another', async () => {
    const { nextCursor } = await list('limit=2&sort=price')
    const { status } = await json(world.edge, `/v1/works?limit=2&sort=new&cursor=${nextCursor}`)
    assert.equal(status, 400)
  })
})

const priceOf = (title: string) => titles.indexOf(title) % 3
const byPrice = (a: string, b: string) => priceOf(a) - priceOf(b) || titles.indexOf(a) - titles.indexOf(b)

describe('search', () => {
  test('words are found in titles and tags, whatever their accents and case', async () => {
    assert.deepEqual(await titlesOf('q=PIRATE'), ['Pirate tutor', 'Pirate cook'])
    assert.deepEqual(await titlesOf('q=resume'), ['Résumé polisher'])
    assert.deepEqual(await titlesOf('q=odd&kind=chatbot'), [])
    assert.equal((await titlesOf('q=odd')).length, 3)
  })

  test('the last word may be unfinished, and all words have to be there', async () => {
    assert.deepEqual(await titlesOf('q=pirate%20co'), ['Pirate cook'])
    assert.deepEqual(await titlesOf('q=pir%20cook'), [])
    assert.deepEqual(await titlesOf('q=pirate%20haiku'), [])
  })

  test('what looks like an operator of the search engine is only text', async () => {
    for (const q of [
      '"',
      '*',
      'a OR b',
      'NEAR(a b)',
      'title:pirate',
      '-pirate',
      "'; DROP TABLE works;--",
      '(',
      '\u0000',
      '💥',
    ])
      assert.equal((await json(world.edge, `/v1/works?q=${encodeURIComponent(q)}`)).status, 200, q)
    assert.deepEqual(await titlesOf('q=pirate*%20OR%20haiku'), [])
  })

  test('searching walks pages like listing: each find once, in the order that the page names', async () => {
    const page = await list('q=pirate&limit=1&sort=price')
    assert.deepEqual([page.sort, page.order, page.works[0]?.workId], ['price', 'price', ids[0]])
    assert.deepEqual(await walk('q=pirate&sort=new'), [ids[3], ids[0]])
    assert.deepEqual(new Set(await walk('q=pirate')), new Set([ids[3], ids[0]]))
    assert.equal((await list('q=pirate')).order, 'relevance')
  })
})

describe('one work', () => {
  test('the detail holds terms, versions, admitted operators and the manifest itself', async () => {
    const { status, body } = await json(world.edge, `/v1/works/${ids[0]}`)
    assert.equal(status, 200)
    const work = workDetail.parse(body)
    assert.deepEqual(work.versions, [{ version: 1, contentHash: work.contentHash }])
    assert.deepEqual(work.admitted, [people.operator.address])
    assert.equal(work.manifest?.title, 'Pirate tutor')
  })

  test('an unknown work is 404, a malformed id 400', async () => {
    for (const page of ['', '/children', '/prices', '/openings', '/activity']) {
      const unknown = await json(world.edge, `/v1/works/12345${page}`)
      assert.deepEqual([unknown.status, unknown.body.code], [404, 'work_unknown'], page)
    }
    const childless = await json(world.edge, `/v1/works/${ids[0]}/children`)
    assert.deepEqual([childless.status, childless.body.children], [200, []])
    assert.equal((await json(world.edge, '/v1/works/0x12')).status, 400)
    assert.equal((await json(world.edge, `/v1/works/${'9'.repeat(78)}`)).status, 400)
  })

  test('a manifest that arrives after the mint gives the work its words', async () => {
    const { workId, bytes } = await publishWork(world, { salt: 'bare', title: 'Once nameless' }, false)
    await indexNow(world.edge)
    assert.equal((await json(world.edge, `/v1/works/${workId}`)).body.title, null)
    assert.equal((await putBlob(world, bytes)).status, 200)
    assert.equal((await json(world.edge, `/v1/works/${workId}`)).body.title, 'Once nameless')
    assert.deepEqual(await titlesOf('q=nameless'), ['Once nameless'])
  })

  test('a new version replaces the words, in the list and in the search', async () => {
    const salt = 'two versions'
    const { workId } = await publishWork(world, { salt, title: 'First words' })
    const next = new TextEncoder().encode(
      JSON.stringify(manifestOf(world, workId, { salt, title: 'Second words' }, 2)),
    )
    await putBlob(world, next)
    await ledgerOf(world)(people.creator, 'works', 'publishVersion', [BigInt(workId), `0x${sha256(next)}`])
    await indexNow(world.edge)
    assert.deepEqual(await titlesOf('q=words'), ['Second words'])
    const { body } = await json(world.edge, `/v1/works/${workId}`)
    assert.deepEqual(
      workDetail.parse(body).versions.map(({ version }) => version),
      [2, 1],
    )
  })

  test('a manifest that claims another work, creator or kind gives no words', async () => {
    const salt = 'liar'
    const workId = ids[0] ?? ''
    for (const lie of [
      { workId: '7' },
      { creator: people.stranger.address },
      { kind: 'prompt' },
      { chainId: 1 },
      { version: 3 },
    ]) {
      const told = { ...manifestOf(world, workId, { salt, title: 'Stolen words' }, 2), ...lie }
      const bytes = new TextEncoder().encode(JSON.stringify(told))
      await putBlob(world, bytes)
      await ledgerOf(world)(people.creator, 'works', 'publishVersion', [BigInt(workId), `0x${sha256(bytes)}`])
    }
    await indexNow(world.edge)
    assert.deepEqual(await titlesOf('q=stolen'), [])
  })
})
