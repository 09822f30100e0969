/** What a chat costs whoever reads it: its JavaScript at three moments, and the frames of a conversation of 2,000 messages. */
import { gzipSync } from 'node:zlib'
import type { Shop } from '@grimoire/web/fixture'
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

/** Notes in the page itself, which is quicker than whoever drives it, what had been asked for when the words stood there. */
const NOTE = `new MutationObserver((_, watch) => {
  if (!document.body?.textContent.includes('The harbor fee be')) return
  watch.disconnect()
  window.askedForSoFar = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
}).observe(document, { subtree: true, childList: true, characterData: true })`

/** The kept conversation becomes one of so many exchanges, in the page's own vault and under its own key. */
const LENGTHEN = `(async () => {
  const settled = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const database = await settled(indexedDB.open('grimoire', 1))
  const texts = mode => database.transaction('texts', mode).objectStore('texts')
  const key = await settled(database.transaction('keys').objectStore('keys').get('texts'))
  const name = (await settled(texts('readonly').getAllKeys())).find(one => String(one).includes(':chat:'))
  const { iv, bytes } = await settled(texts('readonly').get(name))
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes)
  const conversation = JSON.parse(new TextDecoder().decode(plain))
  const [first] = conversation.exchanges
  const words = 'The harbor lies *east* of the tower; **twelve** ships lie in it, and each pays its fee by the mast. '
  conversation.exchanges = Array.from({ length: ${EXCHANGES} }, (_, index) => ({
    ...first,
    question: 'Question ' + (index + 1) + ': ' + first.question,
    answers: first.answers.map(one => ({ ...one, text: words.repeat(1 + index % 5) + '\\n\\n- one\\n- two\\n\\n' + one.text })),
  }))
  const next = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: next }, key, new TextEncoder().encode(JSON.stringify(conversation)))
  await settled(texts('readwrite').put({ iv: next, bytes: sealed }, name))
})()`

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

/** From the newest message to the first one, notch by notch, as the browser gets them from a wheel. */
async function wheelToTop(page: Page): Promise<Watched & { notches: number }> {
  await page.evaluate('window.scrollTo({ top: document.documentElement.scrollHeight })')
  await page.mouse.move(400, 400)
  await page.evaluate(WATCH)
  let notches = 0
  for (; notches < MAX_NOTCHES; notches++) {
    await page.mouse.wheel(0, -NOTCH_PX)
    if (notches % 20 === 0 && (await page.evaluate<number>('window.scrollY')) === 0) break
  }
  if (notches === MAX_NOTCHES) throw new Error(`the first message is not reached in ${notches} notches`)
  return { ...(await page.evaluate<Watched>('window.framesSeen')), notches }
}

async function longConversation(page: Page): Promise<Row[]> {
  await page.evaluate(LENGTHEN)
  await page.reload({ waitUntil: 'commit' })
  await page.getByText(`Question ${EXCHANGES}:`, { exact: false }).first().waitFor()
  const shownMs = await page.evaluate<number>('performance.now()')
  await page.waitForLoadState('networkidle')
  const rest = await atRest(page)
  const wheeled = await wheelToTop(page)
  const { frames, long, notches } = wheeled
  const none: [string, (frames: number) => boolean] = ['0', over => over === 0]
  const name = '2,000 messages, by wheel from the newest to the first'
  return [
    row(`${name}: frames over 50 ms`, 'frames', long.length, { goal: none }),
    row(`${name}: late ones of 1,000`, 'frames', longPerThousand(wheeled)),
    row('2,000 messages, at rest: late ones of 1,000', 'frames', longPerThousand(rest)),
    row(`${name}: the longest of them`, 'ms', Math.max(0, ...long)),
    row(`${name}: all frames`, 'frames', frames),
    row(`${name}: notches`, 'notches', notches),
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
  const asked = await page.evaluate<string[]>('window.askedForSoFar')
  await page.getByText('No signature needed.', { exact: false }).waitFor()
  await page.waitForLoadState('networkidle')
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
