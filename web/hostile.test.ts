/** Strangers' words on the page: nothing of them runs, nothing loads from another host, nothing turns the text around it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { publishWork } from '@grimoire/client/publish-work'
import { people } from '@grimoire/devnet/accounts'
import { partsOf, seedNamed, seedTerms } from '@grimoire/devnet/seeds'
import type { Page } from 'playwright-core'
import { requireNoSidewaysScroll, requireOwnHosts, requireQuiet, type Shop, startShop } from './fixture.ts'

let shop: Shop
before(async () => {
  shop = await startShop()
})
after(() => shop?.stop())

const CALLS = ['alert(1)', 'window.ran=1', 'fetch("https://evil.example/x")']
const TAGS = [
  (call: string) => `<script>${call}</script>`,
  (call: string) => `<img src=x onerror='${call}'>`,
  (call: string) => `<svg onload='${call}'>`,
  (call: string) => `<iframe srcdoc="<script>${call}</script>">`,
  (call: string) => `<details open ontoggle='${call}'>`,
  (call: string) => `<math><mtext><style><img src=x onerror='${call}'></style>`,
  (call: string) => `"><body onload='${call}'>`,
  (call: string) => `<a href="javascript:${call}">click</a>`,
  (call: string) => `[click](javascript:${call})`,
  (call: string) => `[click](JaVaScRiPt:${call})`,
  (call: string) => `[click](data:text/html,<script>${call}</script>)`,
  (call: string) => `<form action="javascript:${call}"><button>go</button></form>`,
  (call: string) => `<object data="javascript:${call}">`,
  (call: string) => `<base href="javascript:${call}//">`,
  (call: string) => `<meta http-equiv=refresh content="0;url=javascript:${call}">`,
  (call: string) => `{{constructor.constructor('${call}')()}}`,
]
const LOADS = [
  '![](#)',
  '![p](#)',
  '[![p](#)](#)',
  '<img src="#">',
  '<link rel=stylesheet href="#">',
  '![][r]\n\n[r]: #',
]
const HOSTS = [
  'https://evil.example/?q=1',
  '//evil.example/p.png',
  'http://evil.example:81/a',
  'https://[::ffff:1.2.3.4]/',
]
const TURNS = [
  '\u202egnp.exe',
  'a\u2066b\u2069',
  'x\u200b\u200b\u200by',
  '\ufeff\u0007',
  '\u{e0041}\u{e0042}',
]

/** Some five hundred texts: each call in each tag, each host in each way to load from it, framed in several ways. */
const FRAMES = [
  (text: string) => text,
  (text: string) => `Nice. ${text}`,
  (text: string) => `- ${text}`,
  (text: string) => `> ${text}\n\n| a | b |\n|-|-|\n| ${text} | c |`,
  (text: string) => `\`\`\`\n${text}`,
  (text: string) => `**${text}`,
  (text: string) => `# ${text}\n${text}`,
]
const texts = (): string[] => [
  ...FRAMES.flatMap(frame => [
    ...CALLS.flatMap(call => TAGS.map(tag => frame(tag(call)))),
    ...HOSTS.flatMap(host => LOADS.map(load => frame(load.replaceAll('#', host)))),
  ]),
  ...TURNS,
]

/** The edge is a stranger too: it answers with a work whose every text is ours. */
async function answerWith(page: Page, text: string): Promise<void> {
  await page.unroute('**/v1/works/*')
  await page.route('**/v1/works/*', async route => {
    const answer = await route.fetch()
    const work = await answer.json()
    for (const field of ['title', 'summary', 'language', 'licence']) work[field] = text
    work.tags = [text]
    work.manifest.base.name = text.slice(0, 120)
    await route.fulfill({ response: answer, json: work }).catch(() => undefined)
  })
}

test('five hundred hostile texts in every field that a stranger writes: none runs, none loads, none breaks the page', async () => {
  const { page, deeds } = await shop.visit({ viewport: { width: 320, height: 640 } })
  page.on('dialog', dialog => assert.fail(`a dialog: ${dialog.message()}`))
  const all = texts()
  assert.ok(all.length >= 500, `only ${all.length}`)
  const workId = shop.workIdOf('captain-flint')
  // As many at once as an edge may send as one text: whoever is stopped by one of them is stopped by all.
  const PER_PAGE = 100
  for (let at = 0; at < all.length; at += PER_PAGE) {
    await answerWith(page, all.slice(at, at + PER_PAGE).join('\n\n'))
    await page.goto(`${shop.url}/works/${workId}`)
    await page.getByRole('heading', { name: 'What you get' }).waitFor()
    await requireNoSidewaysScroll(page, `texts from ${at}`)
    const found = await page.evaluate<string[]>(
      `[...document.querySelectorAll('main img, main iframe, main script, main object, main form, main style, main link, main base, main [onerror], main [onload], main a[href^="javascript"], main a[href^="data"]')].map(one => one.outerHTML)`,
    )
    assert.deepEqual(found, [])
  }
  assert.equal(await page.evaluate('window.ran'), undefined)
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('a work that was really minted with such a title and summary is listed and shown, as text', async () => {
  const { market, walletOf, base, operator } = shop.devnet
  const seed = seedNamed('slogan-smith')
  const title = '<img src=x onerror=alert(1)>\u202e![p](https://evil.example/)'
  const { workId } = await publishWork(market, {
    wallet: walletOf(people.ada),
    words: {
      title,
      summary: '<script>window.ran=1</script>\n\n![p](https://evil.example/p) [go](javascript:window.ran=1)',
      tags: ['hostile'],
      language: 'en',
      licence: '<b>CC0</b>',
      base,
    },
    terms: seedTerms(seed),
    parts: partsOf(seed),
    admitted: [operator.address],
  })
  const { page, deeds } = await shop.visit()
  page.on('dialog', dialog => assert.fail(`a dialog: ${dialog.message()}`))
  await page.goto(`${shop.url}/?q=hostile`)
  await page.getByText('<img src=x onerror=alert(1)>', { exact: false }).first().waitFor()
  await page.goto(`${shop.url}/works/${workId}`)
  await page.getByText('This page has held price, terms and description').waitFor()
  await page.getByText('picture not loaded').waitFor()
  assert.equal(await page.getByText('\u202e').count(), 0)
  assert.equal(await page.evaluate('window.ran'), undefined)
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})
