/** What a chat costs whoever reads it: its JavaScript at three moments, and the frames of a conversation of 2,000 messages. */
import { gzipSync } from 'node:zlib'
import type { Shop } from '@grimoire/web/fixture'
import type { Page } from 'playwright-core'
import { type Row, row } from './row.ts'
import { benchFrames } from './web-frames.ts'

/** Counts what is asked for, as a host with gzip would send it. */
function weigh(page: Page) {
  const sizes = new Map<string, Promise<number>>()
  page.on('response', response => {
    const { pathname } = new URL(response.url())
    if (pathname.endsWith('.js'))
      sizes.set(
        pathname,
        response.body().then(body => gzipSync(body).length),
      )
  })
  /** All, or those of these files. */
  return async (only: readonly string[] | null = null) => {
    const wanted = [...sizes].filter(([path]) => only === null || only.includes(path))
    const all = await Promise.all(wanted.map(([, size]) => size))
    return all.reduce((sum, size) => sum + size, 0) / 1000
  }
}

/** Notes in the page itself, which is quicker than whoever drives it, when the words stood there. */
const NOTE = `new MutationObserver((_, watch) => {
  if (!document.body?.textContent.includes('The harbor fee be')) return
  watch.disconnect()
  window.readAtMs = performance.now()
}).observe(document, { subtree: true, childList: true, characterData: true })`

/** What had been asked for by then, whether it had come or not. */
const ASKED = `performance.getEntriesByType('resource')
  .filter(({ startTime }) => startTime <= window.readAtMs)
  .map(({ name }) => new URL(name).pathname)`

export async function benchChat(shop: Shop): Promise<Row[]> {
  const { page } = await shop.visit({ as: 'cleo' })
  const path = `${shop.url}/chat/${shop.workIdOf('captain-flint')}`
  const first = weigh(page)
  await page.goto(path)
  const composer = page.getByLabel('Write to Captain Flint')
  await composer.fill('What is the harbor fee?')
  await page.keyboard.press('Enter')
  await page.getByText('receipt', { exact: true }).waitFor()
  const answered = await first()
  const again = weigh(page)
  await page.addInitScript(NOTE)
  await page.reload({ waitUntil: 'commit' })
  await page.getByText('The harbor fee be', { exact: false }).first().waitFor()
  await page.getByText('No signature needed.', { exact: false }).waitFor()
  await page.waitForLoadState('networkidle')
  const asked = await page.evaluate<string[]>(ASKED)
  const [read, ready] = [await again(asked), await again()]
  const within = { anchor: 200, goal: ['<= 1', ratio => ratio <= 1] } satisfies Parameters<typeof row>[3]
  const frames = await benchFrames(page)
  await page.context().close()
  return [
    row('JavaScript of a chat, to read what was said', 'kB gz', read, within),
    row('JavaScript of a chat, ready to send', 'kB gz', ready, within),
    row('JavaScript of a chat, by the first answer', 'kB gz', answered),
    ...frames,
  ]
}
