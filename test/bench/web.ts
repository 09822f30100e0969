/** What the page costs whoever opens it: JavaScript by what the browser really asks for, and how long one waits for works. */
import { gzipSync } from 'node:zlib'
import { type Shop, startShop } from '@grimoire/web/fixture'
import type { Page } from 'playwright-core'
import { median, type Row, row } from './row.ts'
import { benchChat } from './web-chat.ts'
import { benchSeal } from './web-seal.ts'

const VISITS = 5
const within: [string, (ratio: number) => boolean] = ['<= 1', ratio => ratio <= 1]
const budget = (name: string, unit: string, ours: number, anchor: number): Row =>
  row(name, unit, ours, { anchor, goal: within })

/** Everything that was asked for by the time the page is ready, as a host with gzip would send it. */
async function scriptKilobytes(shop: Shop, path: string, ready: (page: Page) => Promise<unknown>) {
  const { page } = await shop.visit({ as: 'cleo' })
  const sizes: Promise<number>[] = []
  page.on('response', response => {
    if (new URL(response.url()).pathname.endsWith('.js'))
      sizes.push(response.body().then(body => gzipSync(body).length))
  })
  await page.goto(shop.url + path)
  await ready(page)
  const all = await Promise.all(sizes)
  await page.context().close()
  return all.reduce((sum, size) => sum + size, 0) / 1000
}

/** From the start of the navigation to the first cover. */
async function firstWorksMs(shop: Shop): Promise<number> {
  const { page } = await shop.visit()
  await page.goto(shop.url, { waitUntil: 'commit' })
  await page.getByRole('article').first().waitFor()
  const ms = await page.evaluate<number>('performance.now()')
  await page.context().close()
  return ms
}

/** From the last key to the result, measured in the page, so that the test's own distance does not count. */
const SEARCH = `new Promise(resolve => {
  const field = document.querySelector('input[type=search]')
  const done = () => document.querySelectorAll('article').length === 1
  const started = performance.now()
  const watch = new MutationObserver(() => done() && (watch.disconnect(), resolve(performance.now() - started)))
  watch.observe(document.body, { subtree: true, childList: true })
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, 'flint')
  field.dispatchEvent(new Event('input', { bubbles: true }))
})`

async function searchMs(shop: Shop): Promise<number> {
  const { page } = await shop.visit()
  await page.goto(shop.url)
  await page.getByRole('article').nth(5).waitFor()
  const ms = await page.evaluate<number>(SEARCH)
  await page.context().close()
  return ms
}

async function times(run: () => Promise<number>): Promise<number> {
  const measured: number[] = []
  for (let visit = 0; visit < VISITS; visit++) measured.push(await run())
  return median(measured)
}

async function benchMarket(shop: Shop): Promise<Row[]> {
  const work = `/works/${shop.workIdOf('captain-flint')}`
  const market = await scriptKilobytes(shop, '/', page => page.getByRole('article').nth(5).waitFor())
  const looked = await scriptKilobytes(shop, work, page => page.getByText('✓ This page has held').waitFor())
  return [
    budget('JavaScript of the market page', 'kB gz', market, 130),
    row('JavaScript of a work, checked on the chain', 'kB gz', looked),
    budget('first works after navigation', 'ms', await times(() => firstWorksMs(shop)), 1000),
    budget('search result after the last key', 'ms', await times(() => searchMs(shop)), 150),
  ]
}

const PARTS: Record<string, (shop: Shop) => Promise<Row[]>> = {
  market: benchMarket,
  chat: benchChat,
  seal: benchSeal,
}

/** All of it, or the parts that are named. */
export async function benchWeb(names: readonly string[]): Promise<Row[]> {
  const strange = names.find(name => !Object.hasOwn(PARTS, name))
  if (strange !== undefined)
    throw new RangeError(`There is no part "${strange}". Use some of: ${Object.keys(PARTS).join(', ')}.`)
  const shop = await startShop()
  try {
    await shop.give('cleo', 'captain-flint')
    const rows: Row[] = []
    for (const [name, bench] of Object.entries(PARTS))
      if (names.length === 0 || names.includes(name)) rows.push(...(await bench(shop)))
    return rows
  } finally {
    await shop.stop()
  }
}
