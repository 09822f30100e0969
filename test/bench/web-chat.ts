/** What a chat costs whoever reads it: its JavaScript at three moments, and the frames of a conversation of 2,000 messages. */
import { gzipSync } from 'node:zlib'
import type { Shop } from '@grimoire/web/fixture'
import type { Page } from 'playwright-core'
import { median, type Row, row } from './row.ts'

const EXCHANGES = 1_000
const RUNS = 3

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

/** From the end to the beginning at a brisk reader's pace: how many frames took longer than 50 ms, and the longest. */
const SCROLL = `new Promise(resolve => {
  const long = []
  let before = performance.now()
  const until = before + 4000
  const step = now => {
    if (now - before > 50) long.push(now - before)
    before = now
    if (now > until || window.scrollY === 0) return resolve({ frames: long.length, longestMs: Math.max(0, ...long) })
    window.scrollBy({ top: -120, behavior: 'instant' })
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`

type Scrolled = { frames: number; longestMs: number }

async function longConversation(page: Page): Promise<Row[]> {
  await page.evaluate(LENGTHEN)
  await page.reload({ waitUntil: 'commit' })
  await page.getByText(`Question ${EXCHANGES}:`, { exact: false }).first().waitFor()
  const shownMs = await page.evaluate<number>('performance.now()')
  await page.waitForLoadState('networkidle')
  const runs: Scrolled[] = []
  for (let run = 0; run < RUNS; run++) {
    await page.evaluate('window.scrollTo({ top: document.documentElement.scrollHeight })')
    runs.push(await page.evaluate<Scrolled>(SCROLL))
  }
  const none: [string, (frames: number) => boolean] = ['0', frames => frames === 0]
  return [
    row(
      '2,000 messages: frames over 50 ms while scrolling',
      'frames',
      median(runs.map(({ frames }) => frames)),
      {
        goal: none,
      },
    ),
    row('2,000 messages: the longest of them', 'ms', median(runs.map(({ longestMs }) => longestMs))),
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
