/** What the edge shows outside its API: previews, embeds, feeds, sitemaps and share cards, over a real chain, in workerd. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { contractMetadata, tokenMetadata } from '@grimoire/schema/catalogue'
import { buildPage } from '@grimoire/web/build'
import { hostileTexts } from '@grimoire/web/fixture-hostile'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { indexNow, json, people, startWorld, type World } from './fixture.ts'
import { buyEditions, publishWork } from './seed.ts'

type Node = DefaultTreeAdapterTypes.ChildNode
type Tag = DefaultTreeAdapterTypes.Element

let world: World
let workId: string
let rare: string
let drawn = 0

before(async () => {
  await buildPage()
  world = await startWorld({ onCard: () => drawn++ })
  const named = { title: 'Captain “Flint” & Co', summary: 'Answers <aye> to all.' }
  workId = (await publishWork(world, { salt: 'flint', ...named })).workId
  rare = (
    await publishWork(world, {
      salt: 'rare',
      title: 'Rare',
      terms: { editionCap: 1, priceAtomic: '1500000' },
    })
  ).workId
  await indexNow(world.edge)
})
after(() => world.stop())

const get = (path: string, init?: RequestInit) => fetch(world.edge.url + path, init)
const textOf = async (path: string) => (await get(path)).text()

const tagsOf = (node: Node | DefaultTreeAdapterTypes.Document): Tag[] => [
  ...('tagName' in node ? [node] : []),
  ...('childNodes' in node ? node.childNodes.flatMap(tagsOf) : []),
]
const attribute = (tag: Tag, name: string) => tag.attrs.find(one => one.name === name)?.value
const metaOf = (tags: Tag[], name: string) =>
  tags
    .filter(tag => tag.tagName === 'meta')
    .filter(tag => attribute(tag, 'property') === name || attribute(tag, 'name') === name)
    .map(tag => attribute(tag, 'content'))

const xml = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  isArray: name => ['item', 'url', 'sitemap'].includes(name),
})
async function parsedXml(path: string) {
  const response = await get(path)
  const text = await response.text()
  assert.equal(response.status, 200, text)
  assert.equal(XMLValidator.validate(text), true)
  return xml.parse(text)
}

/** As a reader of XML sees it: no character that XML forbids, white space as one. */
const seen = (text: string) => text.replace(/\s+/g, ' ').trim()

/** As many works as texts, each a copy of the first one with a stranger's words. */
async function showEach(texts: readonly string[], summaries: readonly string[] = texts): Promise<string[]> {
  const db = await world.edge.database()
  const columns = async (table: string) => {
    const { results } = await db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all()
    return results.map(row => String(row.name))
  }
  const copy = async (table: string, changed: Record<string, string>) => {
    const names = await columns(table)
    const values = names.map(name => changed[name] ?? name).join(', ')
    return (at: number, words: string[]) =>
      db
        .prepare(
          `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.replaceAll('#', String(at))} FROM ${table} WHERE seq = (SELECT seq FROM works WHERE work_id = '${workId}')`,
        )
        .bind(...words)
  }
  const work = await copy('works', {
    seq: 'seq + # + 1',
    work_id: "'77' || '#'",
    ordinal: 'ordinal + # + 10',
  })
  const text = await copy('texts', { seq: 'seq + # + 1', title: '?', summary: '?' })
  await db.batch(texts.flatMap((one, at) => [work(at, []), text(at, [one, summaries[at] ?? one])]))
  return texts.map((_, at) => `77${at}`)
}

describe('previews', () => {
  test('the page of a work carries its title, summary, address and picture, and is else the page as it is built', async () => {
    const response = await get(`/works/${workId}`)
    const tags = tagsOf(parse(await response.text()))
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /default-src 'none'.*frame-ancestors 'none'/,
    )
    // A browser that has the page takes the policy that comes with the 304.
    const headers = { 'if-none-match': response.headers.get('etag') ?? '' }
    const again = await fetch(`${world.edge.url}/works/${workId}`, { headers })
    assert.equal(again.status, 304)
    const policy = 'content-security-policy'
    assert.equal(again.headers.get(policy), response.headers.get(policy))
    assert.deepEqual(metaOf(tags, 'og:title'), ['Captain “Flint” & Co'])
    assert.deepEqual(metaOf(tags, 'description'), ['Answers <aye> to all.'])
    assert.deepEqual(metaOf(tags, 'og:url'), [`${world.edge.url}/works/${workId}`])
    assert.deepEqual(metaOf(tags, 'twitter:card'), ['summary_large_image'])
    const [picture = ''] = metaOf(tags, 'og:image')
    assert.equal((await fetch(picture)).headers.get('content-type'), 'image/png')
    const builtIn = tags.filter(tag => tag.tagName === 'script').map(tag => attribute(tag, 'src'))
    const plain = tagsOf(parse(await textOf('/'))).filter(tag => tag.tagName === 'script')
    assert.deepEqual(
      builtIn,
      plain.map(tag => attribute(tag, 'src')),
    )
  })

  test('a creator’s page names their works and shows the newest', async () => {
    const tags = tagsOf(parse(await textOf(`/creators/${people.creator.address.toLowerCase()}`)))
    assert.match(metaOf(tags, 'description')[0] ?? '', /Rare, Captain “Flint” & Co/)
    assert.deepEqual(metaOf(tags, 'og:url'), [`${world.edge.url}/creators/${people.creator.address}`])
  })

  test('what the index does not know is the plain page, kept out of search engines', async () => {
    for (const path of [
      '/works/5',
      '/works/x%22%3E',
      `/creators/0x${'9'.repeat(40)}`,
      '/creators/%3Cscript%3E',
    ]) {
      const response = await get(path)
      const tags = tagsOf(parse(await response.text()))
      assert.deepEqual(
        [response.status, metaOf(tags, 'robots'), metaOf(tags, 'og:title')],
        [200, ['noindex'], []],
      )
    }
  })
})

describe('oEmbed', () => {
  const ask = (url: string, more = '') => json(world.edge, `/oembed?url=${encodeURIComponent(url)}${more}`)

  test('answers for a work with a picture within the asked size', async () => {
    const { status, body } = await ask(`${world.edge.url}/works/${workId}`, '&maxwidth=600')
    assert.deepEqual(
      [status, body.version, body.type, body.width, body.height],
      [200, '1.0', 'rich', 600, 315],
    )
    assert.equal(body.title, 'Captain “Flint” & Co')
    assert.equal((await fetch(body.thumbnail_url)).status, 200)
  })

  test('another site, another page and another format are refused by name', async () => {
    const here = world.edge.url
    const codes = await Promise.all(
      [
        ask(`https://evil.example/works/${workId}`),
        ask(`${here}/works/5`),
        ask(`${here}/library`),
        ask('javascript:alert(1)'),
        ask(`${here}/works/${workId}`, '&format=xml'),
        ask(`${here}/works/${workId}`, '&maxwidth=-1'),
        json(world.edge, '/oembed'),
      ].map(async answer => [(await answer).status, (await answer).body.code]),
    )
    assert.deepEqual(codes, [
      [404, 'not_found'],
      [404, 'work_unknown'],
      [404, 'not_found'],
      [400, 'request_invalid'],
      [501, 'format_unoffered'],
      [400, 'request_invalid'],
      [400, 'request_invalid'],
    ])
  })
})

describe('for programs that read', () => {
  test('the feed and each creator’s have the newest first; a feed of no address is refused', async () => {
    for (const path of ['/feed.xml', `/creators/${people.creator.address}/feed.xml`]) {
      const { channel } = (await parsedXml(path)).rss
      assert.deepEqual(
        channel.item.map((item: { title: string }) => item.title),
        ['Rare', 'Captain “Flint” & Co'],
      )
      assert.equal(channel.item[1].link, `${world.edge.url}/works/${workId}`)
      assert.ok(Date.parse(channel.item[0].pubDate) > 0)
    }
    assert.equal((await parsedXml(`/creators/0x${'9'.repeat(40)}/feed.xml`)).rss.channel.item, undefined)
    assert.equal((await json(world.edge, '/creators/nobody/feed.xml')).body.code, 'request_invalid')
  })

  test('the sitemap names its pages, they name every work, and a page beyond the last is not there', async () => {
    const [first] = (await parsedXml('/sitemap.xml')).sitemapindex.sitemap
    const { url } = (await parsedXml(new URL(first.loc).pathname)).urlset
    const places = url.map((one: { loc: string }) => new URL(one.loc).pathname)
    assert.deepEqual(places, ['/', `/works/${workId}`, `/works/${rare}`])
    for (const page of ['2.xml', '0.xml', '1', 'x.xml', '999999.xml'])
      assert.equal((await get(`/sitemap/${page}`)).status, 404, page)
    assert.match(await textOf('/robots.txt'), /Sitemap: http.*\/sitemap\.xml/)
  })

  test('llms.txt names every route and not one word of a stranger', async () => {
    const text = await textOf('/llms.txt')
    const { paths } = (await json(world.edge, '/openapi.json')).body
    for (const path of Object.keys(paths)) assert.ok(text.includes(`${world.edge.url}${path}: `), path)
    assert.doesNotMatch(text, /Flint|Rare/)
  })
})

describe('share cards', () => {
  const card = (id: string) => get(`/v1/works/${id}/card.png`)

  test('twenty who ask at once get one picture of 1200 by 630, drawn once; who has it is told so', async () => {
    drawn = 0
    const answers = await Promise.all(Array.from({ length: 20 }, () => card(rare)))
    const pictures = await Promise.all(answers.map(async answer => Buffer.from(await answer.arrayBuffer())))
    const [first = Buffer.alloc(0)] = pictures
    assert.ok(pictures.every(picture => picture.equals(first)))
    assert.deepEqual([first.readUInt32BE(16), first.readUInt32BE(20), drawn], [1200, 630, 1])
    const etag = answers[0]?.headers.get('etag') ?? ''
    const again = await get(`/v1/works/${rare}/card.png`, { headers: { 'if-none-match': etag } })
    assert.deepEqual([again.status, (await again.arrayBuffer()).byteLength], [304, 0])
  })

  test('when the price changes the picture is drawn anew, under a new address', async () => {
    const imageOf = async () =>
      tokenMetadata.parse((await json(world.edge, `/v1/metadata/${rare}`)).body).image
    const before = await imageOf()
    drawn = 0
    await buyEditions(world, people.holder, rare)
    await indexNow(world.edge)
    const image = await imageOf()
    assert.notEqual(image, before)
    const answer = await fetch(image)
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
    await answer.arrayBuffer()
    // The old address still answers, with what is true now, and not for ever.
    assert.doesNotMatch((await fetch(before)).headers.get('cache-control') ?? '', /immutable/)
    assert.equal(drawn, 1)
  })

  test('of a work that is not there, or of no work, there is none', async () => {
    assert.equal((await json(world.edge, '/v1/works/5/card.png')).body.code, 'work_unknown')
    assert.equal((await json(world.edge, '/v1/works/x/card.png')).body.code, 'request_invalid')
  })

  test('titles that turn, stack, join, repeat or say nothing are drawn as well', async () => {
    const titles = [
      '\u202egnp.exe',
      'مرحبا بالعالم שלום GPT',
      '👩‍👩‍👧 👍🏽 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
      `Z${'\u0301'.repeat(300)}`,
      'x'.repeat(1_000),
      '日本語',
      '\u0000\u200b',
      '<svg onload=alert(1)>&"\'',
      '﷽'.repeat(40),
    ]
    const ids = await showEach(titles)
    const sizes = await Promise.all(
      ids.map(async id => [(await (await card(id)).arrayBuffer()).byteLength > 10_000, id]),
    )
    assert.deepEqual(
      sizes,
      ids.map(id => [true, id]),
    )
    await forget()
  })

  test('the collection has a picture and a link', async () => {
    const collection = contractMetadata.parse((await json(world.edge, '/v1/contract')).body)
    assert.deepEqual(
      [collection.external_link, (await fetch(collection.image)).status],
      [world.edge.url, 200],
    )
  })
})

async function forget(): Promise<void> {
  const db = await world.edge.database()
  const copies = `work_id LIKE '77%' AND work_id NOT IN ('${workId}', '${rare}')`
  await db.batch([
    db.prepare(`DELETE FROM texts WHERE seq IN (SELECT seq FROM works WHERE ${copies})`),
    db.prepare(`DELETE FROM works WHERE ${copies}`),
  ])
}

test('five hundred hostile titles and summaries: in page, embed and feed each is text and nothing else', async () => {
  const texts = hostileTexts()
  assert.ok(texts.length >= 500)
  const bare = tagsOf(parse(await textOf(`/works/${workId}`)))
    .map(tag => tag.tagName)
    .join()
  const half = Math.ceil(texts.length / 2)
  for (let at = 0; at < half; at += 49) {
    const some = texts.slice(at, Math.min(at + 49, half))
    const ids = await showEach(some, texts.slice(half + at, half + at + some.length))
    const titles = await Promise.all(
      ids.map(async id => {
        const tags = tagsOf(parse(await textOf(`/works/${id}`)))
        assert.equal(tags.map(tag => tag.tagName).join(), bare, `work ${id} of ${at}`)
        const { html, title } = await (await get(`/oembed?url=${world.edge.url}/works/${id}`)).json()
        assert.equal(
          tagsOf(parse(html))
            .map(tag => tag.tagName)
            .join(),
          'html,head,body,a,img',
        )
        assert.deepEqual(metaOf(tags, 'og:title'), [title])
        return seen(title)
      }),
    )
    const { channel } = (await parsedXml('/feed.xml')).rss
    const fed = new Set(channel.item.map((item: { title: string }) => seen(item.title)))
    for (const title of titles) assert.ok(fed.has(title), title)
    await forget()
  }
})
