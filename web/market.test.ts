/** The page as it is read: found by search, kept in the address, plain when something is missing, usable by anyone. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { people } from '@grimoire/devnet/accounts'
import {
  requireAccessible,
  requireNoSidewaysScroll,
  requireOwnHosts,
  requireQuiet,
  type Shop,
  startShop,
} from './fixture.ts'

let shop: Shop
before(async () => {
  shop = await startShop()
})
after(() => shop?.stop())

/** Every page with the sentence by which one knows that it has all arrived. */
const pages = (): [path: string, arrived: string][] => [
  ['/', 'Captain Flint'],
  [`/works/${shop.workIdOf('captain-flint')}`, 'This page has held price, terms and description'],
  ['/library', 'Whose library?'],
  [`/chat/${shop.workIdOf('captain-flint')}`, 'Who is asking?'],
  ['/earnings', 'Whose earnings?'],
  ['/status', 'together open a key'],
  ['/trust', 'You trust whoever served you this page.'],
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
  await page.getByText('1 work, the newest first').waitFor({ state: 'attached' })
  await page.getByText('Prompts', { exact: true }).click()
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
  assert.match(page.url(), /kind=prompt/)
  const sent = await shop.visit()
  await sent.page.goto(page.url())
  await sent.page.getByRole('link', { name: 'Show everything' }).click()
  await sent.page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
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
  ]) {
    await page.getByText(words).first().waitFor()
  }
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('a work that no machine serves says so, and what that means', async () => {
  const { page } = await shop.visit()
  await page.route('**/v1/operators', route => route.fulfill({ json: { operators: [] } }))
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
    route.fulfill({ json: { works: [], nextCursor: null, sort: 'new' } }),
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
