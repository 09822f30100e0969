/** What a chat costs whoever reads it: its JavaScript at three moments, and the frames of a conversation of 2,000 messages. */
import { gzipSync } from 'node:zlib'
import type { Shop } from '@grimoire/web/fixture'
import { lengthen } from '@grimoire/web/fixture-chat'
import type { Page } from 'playwright-core'
import { type Row, row } from './row.ts'

const EXCHANGES = 1_000

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

/** Every frame from now on, and how long it took: the page itself counts, whoever turns the wheel. */
const WATCH = `(() => {
  const seen = (window.framesSeen = { frames: 0, long: [] })
  let before = performance.now()
  const step = now => {
    seen.frames += 1
    if (now - before > 50) seen.long.push(now - before)
    before = now
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})()`

/** What one notch of a mouse's wheel scrolls. */
const NOTCH_PX = 120
/** More than the longest conversation here is high: a page that does not come to its beginning is no figure. */
const MAX_NOTCHES = 10_000

type Watched = { frames: number; long: number[] }

/** So long nobody touches the page: a machine with other work is late with frames of a page at rest, too. */
const REST_MS = 10_000

async function atRest(page: Page): Promise<Watched> {
  await page.evaluate(WATCH)
  await page.waitForTimeout(REST_MS)
  return page.evaluate<Watched>('window.framesSeen')
}

const longPerThousand = ({ frames, long }: Watched): number => (1000 * long.length) / frames

const STANDING = "document.querySelectorAll('li[aria-posinset]').length"

/** What the page's own thread took of a processor, whoever else uses the machine. */
async function processorMs(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
  }
  const before = await read()
  return async () => (await read()) - before
}

/** From the newest message to the first one, notch by notch, as the browser gets them from a wheel. */
async function wheelToTop(page: Page) {
  await page.evaluate('window.scrollTo({ top: document.documentElement.scrollHeight })')
  await page.mouse.move(400, 400)
  const took = await processorMs(page)
  await page.evaluate(WATCH)
  let standing = 0
  let notches = 0
  for (; notches < MAX_NOTCHES; notches++) {
    await page.mouse.wheel(0, -NOTCH_PX)
    if (notches % 20 !== 0) continue
    const [top, stand] = await page.evaluate<[number, number]>(`[window.scrollY, ${STANDING}]`)
    standing = Math.max(standing, stand)
    if (top === 0) break
  }
  if (notches === MAX_NOTCHES) throw new Error(`the first message is not reached in ${notches} notches`)
  const watched = await page.evaluate<Watched>('window.framesSeen')
  return { ...watched, notches, standing, processorMs: await took() }
}

/** A window of this height shows three or four of them. */
const MAX_STANDING = 36

async function longConversation(page: Page): Promise<Row[]> {
  await lengthen(page, EXCHANGES)
  const shownMs = await page.evaluate<number>('performance.now()')
  await page.waitForLoadState('networkidle')
  const rest = longPerThousand(await atRest(page))
  const wheeled = await wheelToTop(page)
  const { frames, long, notches, standing } = wheeled
  const late = longPerThousand(wheeled)
  const name = '2,000 messages, by wheel from the newest to the first'
  return [
    row(`${name}: frames over 50 ms`, 'frames', long.length, { goal: ['0', over => over === 0] }),
    // A machine that is late at rest is late here, too: only what is beyond that is the page's.
    row(`${name}: late ones of 1,000, beside a page at rest`, 'frames', late, {
      ...(rest > 0 ? { anchor: rest } : {}),
      goal: rest > 0 ? ['<= 1.5', ratio => ratio <= 1.5] : ['0', over => over === 0],
    }),
    row(`${name}: the longest of them`, 'ms', Math.max(0, ...long)),
    row(`${name}: all frames`, 'frames', frames),
    row(`${name}: notches`, 'notches', notches),
    row(`${name}: the page's own time for a notch`, 'ms', wheeled.processorMs / notches),
    row('2,000 messages: exchanges in the document at once', 'exchanges', standing, {
      anchor: MAX_STANDING,
      goal: ['<= 1', ratio => ratio <= 1],
    }),
    row('2,000 messages: from the navigation to the newest', 'ms', shownMs),
  ]
}

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
  const long = await longConversation(page)
  await page.context().close()
  return [
    row('JavaScript of a chat, to read what was said', 'kB gz', read, within),
    row('JavaScript of a chat, ready to send', 'kB gz', ready, within),
    row('JavaScript of a chat, by the first answer', 'kB gz', answered),
    ...long,
  ]
}
