/** The frames of a conversation of 2,000 messages scrolled from its newest to its first, beside those of the same words as a page without any script. */
import { lengthen } from '@grimoire/web/fixture-chat'
import type { Page } from 'playwright-core'
import { type Tasks, tasksDuring } from './page-tasks.ts'
import { type Row, row } from './row.ts'

const EXCHANGES = 1_000
/** A notch of the wheel, 120 pixels, in every sixtieth of a second: more than any hand turns it for long. */
const SPEED_PX = 7_200
/** In turns, so that both have the machine as it is at the time. */
const TURNS = 4

/** A machine's display waits so long for a frame, and half as long again is late. */
const FRAME_MS = 1000 / 60
const LATE_MS = 20
const DROPPED_MS = 50

/** A window of this height shows three or four of them. */
const MAX_STANDING = 36
const STANDING = "document.querySelectorAll('li[aria-posinset]').length"

/** Every frame until it is asked for them, and the most exchanges that stood there in one of each thirty. */
const WATCH = `(() => {
  const seen = (window.framesSeen = { framesMs: [], standing: 0, over: false })
  let before = performance.now()
  const step = now => {
    if (seen.over) return
    seen.framesMs.push(now - before)
    before = now
    if (seen.framesMs.length % 30 === 0) seen.standing = Math.max(seen.standing, ${STANDING})
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})()`

type Turn = Tasks & { framesMs: number[]; standing: number }

/** The whole conversation as it is printed, with its styles and without a line of script, in a page of its own. */
async function stillOf(page: Page): Promise<Page> {
  const html = await page.evaluate<string>(`(() => {
    dispatchEvent(new Event('beforeprint'))
    const copy = document.documentElement.cloneNode(true)
    for (const script of copy.querySelectorAll('script, link[rel=modulepreload]')) script.remove()
    dispatchEvent(new Event('afterprint'))
    return '<!doctype html>' + copy.outerHTML
  })()`)
  const still = await page.context().newPage()
  const url = new URL('/still', page.url()).href
  await still.route(url, route => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }))
  await still.goto(url)
  const standing = await still.evaluate<number>(STANDING)
  if (standing !== EXCHANGES) throw new Error(`${standing} of ${EXCHANGES} exchanges stand in the still page`)
  return still
}

const toEnd = (page: Page) =>
  page.evaluate('window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" })')
const topOf = (page: Page) => page.evaluate<number>('window.scrollY')

/** As from a wheel, by the browser itself: whoever drives it from outside is too far away to do so in time. */
async function scrollUp(page: Page, px: number): Promise<Turn> {
  await page.bringToFront()
  await page.waitForTimeout(1_000)
  const session = await page.context().newCDPSession(page)
  const wheel = { x: 400, y: 400, yDistance: px, speed: SPEED_PX, gestureSourceType: 'mouse' } as const
  await page.evaluate(WATCH)
  const tasks = await tasksDuring(page, () => session.send('Input.synthesizeScrollGesture', wheel))
  const seen = await page.evaluate<Pick<Turn, 'framesMs' | 'standing'>>(
    '(window.framesSeen.over = true, window.framesSeen)',
  )
  await session.detach()
  return { ...tasks, ...seen }
}

async function scrollBoth(page: Page, still: Page): Promise<{ ours: Turn[]; stills: Turn[] }> {
  const [ours, stills]: [Turn[], Turn[]] = [[], []]
  await Promise.all([toEnd(page), toEnd(still)])
  for (let left = TURNS; left > 0; left--) {
    stills.push(await scrollUp(still, (await topOf(still)) / left))
    // What has not stood there yet may be higher than it is taken to be: the last turn has some room.
    ours.push(await scrollUp(page, (await topOf(page)) / left + (left === 1 ? 3_000 : 0)))
  }
  const top = await topOf(page)
  if (top > 0) throw new Error(`the first message is not reached: ${top} pixels are above`)
  return { ours, stills }
}

const framesOf = (turns: readonly Turn[]): number[] => turns.flatMap(({ framesMs }) => framesMs)

/** Of a thousand sixtieths of a second: a page that gets few frames does not look better for it. */
function perThousand(turns: readonly Turn[], overMs: number): number {
  const all = framesOf(turns)
  const spanMs = all.reduce((sum, ms) => sum + ms, 0)
  return (1000 * all.filter(ms => ms > overMs).length) / (spanMs / FRAME_MS)
}

function rowsOf(ours: readonly Turn[], stills: readonly Turn[]): Row[] {
  const name = '2,000 messages by wheel, newest to first'
  const beside = (overMs: number) => {
    const [figure, anchor] = [perThousand(ours, overMs), perThousand(stills, overMs)]
    return row(`${name}: of 1,000 frames over ${overMs} ms, beside a still page`, 'frames', figure, {
      ...(anchor > 0 ? { anchor } : {}),
      goal: anchor > 0 ? ['<= 1.5', ratio => ratio <= 1.5] : ['0', figure => figure === 0],
    })
  }
  const seconds = ours.reduce((sum, turn) => sum + turn.seconds, 0)
  const own = (turns: readonly Turn[]) => turns.reduce((sum, { ownMs }) => sum + ownMs, 0) / seconds
  return [
    row(
      `${name}: the page's own time in its longest task`,
      'ms',
      Math.max(...ours.map(one => one.mostOwnMs)),
      {
        anchor: FRAME_MS,
        goal: ['<= 1', ratio => ratio <= 1],
      },
    ),
    row(
      `${name}: frames over ${DROPPED_MS} ms`,
      'frames',
      framesOf(ours).filter(ms => ms > DROPPED_MS).length,
      {
        goal: ['0', over => over === 0],
      },
    ),
    beside(DROPPED_MS),
    beside(LATE_MS),
    row(`${name}: the longest frame, beside a still page`, 'ms', Math.max(...framesOf(ours)), {
      anchor: Math.max(...framesOf(stills)),
    }),
    row(`${name}: the page's own time for a second, beside a still page`, 'ms', own(ours), {
      anchor: own(stills),
    }),
    row(
      `${name}: exchanges in the document at once`,
      'exchanges',
      Math.max(...ours.map(one => one.standing)),
      {
        anchor: MAX_STANDING,
        goal: ['<= 1', ratio => ratio <= 1],
      },
    ),
    row(`${name}: how long it took`, 's', seconds),
  ]
}

export async function benchFrames(page: Page): Promise<Row[]> {
  await lengthen(page, EXCHANGES)
  const shownMs = await page.evaluate<number>('performance.now()')
  await page.waitForLoadState('networkidle')
  const still = await stillOf(page)
  const { ours, stills } = await scrollBoth(page, still)
  return [...rowsOf(ours, stills), row('2,000 messages: from the navigation to the newest', 'ms', shownMs)]
}
