/** The page as it is read: found by search, kept in the address, plain when something is missing, usable by anyone. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { proveOpening } from '@grimoire/client/prove-opening'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import { openShop } from './fixture.ts'
import { serveElsewhere } from './fixture-elsewhere.ts'
import { requireAccessible, requireNoSidewaysScroll, requireOwnHosts, requireQuiet } from './fixture-page.ts'

const shop = await openShop()

/** Every page with the sentence by which one knows that it has all arrived. */
const pages = (): [path: string, arrived: string][] => [
  ['/', 'Captain Flint'],
  [`/works/${shop.workIdOf('captain-flint')}`, 'This page has held price, terms and description'],
  ['/library', 'Whose library?'],
  [`/chat/${shop.workIdOf('captain-flint')}`, 'Who is asking?'],
  ['/earnings', 'Whose earnings?'],
  ['/operate', 'A bond of $100.00'],
  ['/status', 'together open a key'],
  ['/trust', 'You trust whoever served you this page'],
  ['/economy', 'What is slashed goes to'],
  [`/creators/${people.ada.address}`, 'purchases in all'],
  ['/nothing-here', 'This leaf is not in the book'],
]

test('the works are there without a wallet, without asking the chain or any other host', async () => {
  const { page, deeds } = await shop.visit()
  await page.goto(shop.url)
  await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
  assert.equal(await page.getByRole('article').count(), 6)
  assert.deepEqual(
    deeds.asked.filter(url => new URL(url).host !== new URL(shop.url).host),
    [],
  )
  requireQuiet(deeds)
})

test('a work is called unproven until its node has shown that it opens; then its page says so, with what was answered', async () => {
  const { page } = await shop.visit()
  const { devnet } = shop
  const workId = shop.workIdOf('captain-flint')
  await page.goto(`${shop.url}/works/${workId}`)
  await page.getByText('Unproven', { exact: true }).waitFor()
  const question = 'What is the name of your ship?'
  const { samples } = await proveOpening(devnet.market, {
    ...{ workId, nodeUrl: devnet.nodeUrl, operator: devnet.operator.address },
    wallet: devnet.walletOf(people.bela),
    questions: [
      { messages: [{ role: 'user', content: question }], options: { temperature: 0, max_tokens: 24 } },
    ],
    ...{ maxDepositAtomic: parseMoney('0.5'), maxTurnAtomic: parseMoney('0.05') },
  })
  await page.reload()
  await page.getByText('Proven to open by 1 node').waitFor()
  await page.getByText(question).waitFor()
  await page.getByText(samples[0]?.output ?? 'an answer').waitFor()
  await page.goto(shop.url)
  await page.getByRole('article').filter({ hasText: 'Captain Flint' }).waitFor()
  assert.equal(await page.getByRole('article').filter({ hasText: 'unproven' }).count(), 5)
})

test('it is served with a policy that runs nothing inline and loads nothing from another host', async () => {
  const answer = await fetch(shop.url)
  const policy = answer.headers.get('content-security-policy') ?? ''
  const rules = new Map(policy.split('; ').map(rule => [rule.split(' ')[0], rule]))
  assert.equal(rules.get('default-src'), "default-src 'none'")
  // The key network's threshold cryptography is WebAssembly; code made from text stays forbidden.
  assert.equal(rules.get('script-src'), "script-src 'self' 'wasm-unsafe-eval'")
  for (const kind of ['style-src', 'font-src', 'img-src']) assert.equal(rules.get(kind), `${kind} 'self'`)
  assert.equal(rules.get('frame-ancestors'), "frame-ancestors 'none'")
  const html = await answer.text()
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\son\w+=/)
  for (const [, file = ''] of html.matchAll(/(?:src|href)="([\w./-]+\.(?:js|css|svg))"/g)) {
    const part = await fetch(new URL(file, shop.url))
    assert.equal(part.status, 200, file)
    assert.doesNotMatch(part.headers.get('content-type') ?? '', /html/, file)
  }
})

test('a search stands in the address as it is typed, can be sent to someone, and says when nothing matches', async () => {
  const { page } = await shop.visit()
  await page.goto(shop.url)
  await page.getByRole('searchbox').fill('captain')
  await page.waitForURL(/\?q=captain$/)
  await page.getByText('1 work, the best match first').waitFor({ state: 'attached' })
  await page.getByText('Prompts', { exact: true }).click()
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
  assert.match(page.url(), /kind=prompt/)
  const sent = await shop.visit()
  await sent.page.goto(page.url())
  await sent.page.getByRole('link', { name: 'Show everything' }).click()
  await sent.page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
})

test('works are narrowed by what they have, each condition stands in the address and is taken away with one press', async () => {
  const { page } = await shop.visit()
  await page.goto(`${shop.url}/?q=captian&sort=banana`)
  await page.getByText('No work has the word “captian”: this is what “captain” finds.').waitFor()
  await page.getByRole('searchbox').fill('')
  await page.getByText('6 works, the newest first').waitFor()
  await page.getByLabel('Text', { exact: true }).selectOption({ label: 'Openable (3)' })
  await page.getByText('3 works, the newest first').waitFor()
  await page.getByLabel('Price', { exact: true }).selectOption({ label: '$10.00 to under $20.00 (3)' })
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
  assert.match(page.url(), /\?disclosure=openable&minPriceAtomic=10000000&maxPriceAtomic=19999999$/)
  await page.getByRole('button', { name: 'Take away: Openable' }).click()
  await page.getByLabel('Tag', { exact: true }).selectOption('pirate')
  await page.getByText('1 work, the newest first').waitFor()
  await page.getByRole('button', { name: 'Take away: $10.00 to under $20.00' }).click()
  await page.waitForURL(/\?tags=pirate$/)
})

test('an order and the way back: the cheapest first, and the search is there again after a look at a work', async () => {
  const { page } = await shop.visit()
  await page.goto(shop.url)
  await page.getByText('Cheapest', { exact: true }).click()
  await page.waitForURL(/sort=price/)
  await page.getByRole('article').first().getByText('$2.00').waitFor()
  await page.getByRole('link', { name: 'Captain Flint' }).click()
  await page.getByRole('heading', { name: 'Captain Flint', level: 1 }).waitFor()
  await page.goBack()
  await page.waitForURL(/sort=price/)
})

test('a work says in plain words what it costs, who gets what, and who serves it', async () => {
  const { page, deeds } = await shop.visit()
  await page.goto(`${shop.url}/works/${shop.workIdOf('captain-flint')}`)
  await page.getByText('This page has held price, terms and description').waitFor()
  for (const words of [
    '100 in all, 100 left. There will never be more.',
    'Nobody who buys it reads its text.',
    '$12.1875',
    'The machine that answers',
    '$200.00',
    'Nobody has bought it yet.',
    'Signs a price in',
    'First word; pace',
    'Nobody holds an edition yet.',
  ]) {
    await page.getByText(words).first().waitFor()
  }
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('a work that no machine serves says so, and what that means', async () => {
  const { page } = await shop.visit()
  await page.route('**/v1/operators?*', route => route.fulfill({ json: { operators: [] } }))
  await page.goto(`${shop.url}/works/${shop.workIdOf('captain-flint')}`)
  await page.getByText('0 nodes serve this.').waitFor()
})

test('the state of the market: each part by the one who knows it best, a machine only when one asks', async () => {
  const { page, deeds } = await shop.visit()
  await page.goto(`${shop.url}/status`)
  await page.getByText('2 of 3 together open a key').waitFor()
  await page.getByText('serves', { exact: true }).waitFor()
  const node = () => deeds.asked.filter(url => url.startsWith(shop.devnet.nodeUrl))
  assert.deepEqual(node(), [])
  await page.getByRole('button', { name: 'Ask the machines now' }).click()
  await page.getByText('Grimoire demo, llama.cpp', { exact: false }).waitFor()
  assert.equal(node().length, 1)
  requireOwnHosts(shop, deeds)
})

test('an edge that says another price than the ledger is caught, and nothing is for sale', async () => {
  const { page } = await shop.visit()
  await page.route('**/v1/works/*', async route => {
    const answer = await route.fetch()
    const work = await answer.json()
    work.terms.priceAtomic = '1'
    await route.fulfill({ response: answer, json: work })
  })
  await page.goto(`${shop.url}/works/${shop.workIdOf('captain-flint')}`)
  await page.getByText('The edge said something that the chain contradicts.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Buy an edition' }).isEnabled(), false)
})

test('a work that this edge hides says so and why, stays for sale, and names what was built on it', async () => {
  const { page } = await shop.visit()
  const workId = shop.workIdOf('captain-flint')
  await page.route('**/v1/works/*', async route => {
    const answer = await route.fetch()
    const hidden = { reason: 'spam', note: 'Seen <b>twice</b>.', hiddenAtSeconds: 1_790_000_000 }
    await route.fulfill({ response: answer, json: { ...(await answer.json()), hidden } })
  })
  const child = { workId: '7', title: 'First mate', creator: people.ada.address, shareBps: 500 }
  await page.route('**/v1/works/*/children?*', route =>
    route.fulfill({ json: { children: [{ ...child, confirmed: false }], nextCursor: null } }),
  )
  await page.goto(`${shop.url}/works/${workId}`)
  const note = page.getByRole('note', { name: 'Hidden by this edge' })
  await note.getByText('it is said to be spam').waitFor()
  await note.getByText('“Seen <b>twice</b>.”').waitFor()
  await page.getByText('gives it 5 % of what answers bring; claimed').waitFor()
  await page.getByText('This page has held price, terms and description').waitFor()
  await requireAccessible(page, 'a hidden work')
  assert.equal(await page.getByRole('button', { name: 'Buy an edition' }).isEnabled(), true)
})

test('an edge that is down, and one that talks nonsense: a sentence, a mend, and one press that tries again', async () => {
  for (const answer of [{ status: 503, body: 'away' }, { json: { works: 'none' } }]) {
    const { page } = await shop.visit()
    await page.route('**/v1/works?*', route => route.fulfill(answer))
    await page.goto(shop.url)
    await page.getByText('The edge does not answer.').waitFor()
    await page.getByText('Check its URL, or use another edge.').waitFor()
    await page.unroute('**/v1/works?*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
    await page.context().close()
  }
})

test('a market without works and a work that does not exist say what to do', async () => {
  const { page } = await shop.visit()
  await page.route('**/v1/works?*', route =>
    route.fulfill({ json: { works: [], nextCursor: null, order: 'recency', bounded: false, corrected: [] } }),
  )
  await page.goto(shop.url)
  await page.getByText('The shelves are empty').waitFor()
  await page.goto(`${shop.url}/works/12345`)
  await page.getByText('No such work').waitFor()
})

test('the play wallet is offered on a devnet, and exists nowhere else', async () => {
  const { page } = await shop.visit()
  await page.goto(shop.url)
  await page.getByRole('button', { name: 'Choose a wallet' }).click()
  await page.getByRole('button', { name: /^Cleo/ }).waitFor()
  const elsewhere = await shop.visit({ as: 'cleo' })
  await elsewhere.page.route('**/v1/network', async route => {
    const answer = await route.fetch()
    const network = await answer.json()
    network.addresses.chainId = 8453
    await route.fulfill({ response: answer, json: network })
  })
  await elsewhere.page.goto(shop.url)
  await elsewhere.page.getByRole('button', { name: /Cleo/ }).click()
  await elsewhere.page.getByText('No wallet has announced itself.').waitFor()
  assert.equal(await elsewhere.page.getByText('For play').count(), 0)
  assert.deepEqual(
    elsewhere.deeds.asked.filter(url => /\/play-/.test(url)),
    [],
  )
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page, ${colorScheme}: nothing serious is found by axe, at 320 pixels nothing scrolls sideways`, async () => {
    const { page, deeds } = await shop.visit({ colorScheme })
    for (const [path, arrived] of pages()) {
      await page.setViewportSize({ width: 1280, height: 860 })
      await page.goto(shop.url + path)
      await page.getByText(arrived).first().waitFor()
      await requireAccessible(page, path)
      await page.setViewportSize({ width: 320, height: 640 })
      await requireNoSidewaysScroll(page, path)
      if (colorScheme === 'light') await requireAccessible(page, `${path} at 320`)
    }
    requireQuiet(deeds)
  })
}

test('who asked for less motion gets none, and who chose a look keeps it', async () => {
  const { page } = await shop.visit({ reducedMotion: 'reduce' })
  await page.goto(shop.url)
  await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
  const moving = await page.evaluate<number>(
    `[...document.querySelectorAll('*')].filter(one => { const s = getComputedStyle(one); return s.transitionDuration !== '0s' || s.animationName !== 'none' }).length`,
  )
  assert.equal(moving, 0)
  await page.getByLabel('Look').selectOption('contrast')
  await page.reload()
  await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
  assert.equal(await page.getByLabel('Look').inputValue(), 'contrast')
  await requireAccessible(page, 'high contrast')
})

test('the page served from elsewhere lists and checks the works of the edge that stands beside it', async t => {
  const elsewhere = await serveElsewhere({ edge: shop.url })
  t.after(() => elsewhere.stop())
  const { page, deeds } = await shop.visit()
  await page.goto(`${elsewhere.url}/works/${shop.workIdOf('captain-flint')}`)
  await page.getByText('This page has held price, terms and description').waitFor()
  await page.goto(elsewhere.url)
  await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
  assert.equal(await page.getByRole('article').count(), 6)
  const routes = deeds.asked.filter(url => new URL(url).pathname.startsWith('/v1/'))
  assert.ok(routes.length > 2 && routes.every(url => url.startsWith(shop.url)), routes.join())
  assert.ok(deeds.asked.every(url => !url.startsWith(shop.url) || routes.includes(url)))
  requireQuiet(deeds)
  await page.close()
})

test('a page that is told of another ledger than its edge’s shows none of the edge’s works as checked', async t => {
  const { addresses, chain } = shop.devnet
  const foreign = { ...addresses, works: addresses.operators }
  const elsewhere = await serveElsewhere({ edge: shop.url, addresses: foreign, rpcUrls: [chain.rpcUrl] })
  t.after(() => elsewhere.stop())
  const { page } = await shop.visit()
  await page.goto(`${elsewhere.url}/works/${shop.workIdOf('captain-flint')}`)
  await page.getByText('These addresses are not those of one ledger').first().waitFor()
  await page.close()
})

test('what the edge serves as the page is what the list of the release says, file by file', async () => {
  const list = await (await fetch(`${shop.url}/release.txt`)).text()
  const files = list
    .trim()
    .split('\n')
    .map(line => line.split('  '))
  assert.ok(files.length > 10 && files.some(([, name]) => name === 'index.html'))
  // What tells a server its headers is read by it, and served by none.
  for (const [hash, name] of files.filter(([, name]) => name !== '_headers')) {
    const bytes = new Uint8Array(await (await fetch(`${shop.url}/${name}`)).arrayBuffer())
    assert.equal(createHash('sha256').update(bytes).digest('hex'), hash, name)
  }
})
