/** A conversation of 2,000 messages: little of it stands in the document, all of it can be reached, and nothing jumps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { openShop } from './fixture.ts'
import { lengthen } from './fixture-chat.ts'
import { requireAccessible, requireNoSidewaysScroll, requireQuiet } from './fixture-page.ts'

const EXCHANGES = 1_000
/** In a window of 860 pixels three or four are seen. */
const MAX_STANDING = 36

const shop = await openShop()
await shop.give('cleo', 'captain-flint')
const { page, deeds } = await shop.visit({ as: 'cleo' })
await page.goto(`${shop.url}/chat/${shop.workIdOf('captain-flint')}`)
await page.getByLabel('Write to Captain Flint').fill('What is the harbor fee?')
await page.keyboard.press('Enter')
await page.getByText('receipt', { exact: true }).waitFor()
await lengthen(page, EXCHANGES)

type Seen = { place: number; topPx: number }

/** What is seen of the conversation, by each one's number, and how many of it stand in the document. */
const look = (on: Page): Promise<{ seen: Seen[]; standing: number }> =>
  on.evaluate(`(() => {
    const all = [...document.querySelectorAll('li[aria-posinset]')]
    const seen = all
      .map(item => ({ item, box: item.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > 0 && box.top < innerHeight)
      .map(({ item, box }) => ({ place: Number(item.getAttribute('aria-posinset')), topPx: box.top }))
    return { seen, standing: all.length }
  })()`)

/** Until so many frames went by in which nothing moved and nothing came or went. */
const settled = (on: Page): Promise<void> =>
  on.evaluate(`new Promise(resolve => {
    let before = ''
    let still = 0
    const step = () => {
      const all = document.querySelectorAll('li[aria-posinset]')
      const now = [scrollY, all.length, all[0]?.ariaPosInSet, all[0]?.getBoundingClientRect().top].join()
      still = now === before ? still + 1 : 0
      before = now
      if (still >= 10) resolve()
      else requestAnimationFrame(step)
    }
    step()
  })`)

async function requireInSight(on: Page, place: number): Promise<void> {
  await settled(on)
  const { seen, standing } = await look(on)
  assert.ok(
    seen.some(one => one.place === place),
    `${place} is among what is seen: ${seen.map(one => one.place)}`,
  )
  assert.ok(standing <= MAX_STANDING, `${standing} stand in the document`)
}

/** Scrolls up in steps; whatever is seen before and after a step has moved by just that. */
async function requireNoJumps(on: Page): Promise<void> {
  const STEP_PX = 330
  await settled(on)
  for (let step = 0; step < 40; step++) {
    const before = await look(on)
    await on.evaluate(`window.scrollBy({ top: -${STEP_PX}, behavior: 'instant' })`)
    await settled(on)
    const { seen, standing } = await look(on)
    assert.ok(standing <= MAX_STANDING, `${standing} stand in the document`)
    const moved = seen.flatMap(({ place, topPx }) => {
      const was = before.seen.find(one => one.place === place)
      return was ? [topPx - was.topPx] : []
    })
    assert.ok(moved.length > 0, 'something that was seen is seen still')
    for (const px of moved) assert.ok(Math.abs(px - STEP_PX) <= 2, `step ${step} moved it by ${px} pixels`)
  }
}

test('it opens at its newest message, over where one writes', async () => {
  await requireInSight(page, EXCHANGES)
  const newest = await page.getByRole('button', { name: 'Answer again' }).boundingBox()
  const composer = await page.locator('form:has(textarea)').boundingBox()
  assert.ok(newest && composer && newest.y + newest.height <= composer.y + 1)
})

test('whoever scrolls up reads on: what is above comes before it is seen, and moves nothing', () =>
  requireNoJumps(page))

test('nor does anything jump where the browser itself keeps nothing in its place', async () => {
  const { page: other } = await shop.visit({ as: 'cleo' })
  await other.addInitScript(`
    const { supports } = CSS
    CSS.supports = (...asked) => asked[0] !== 'overflow-anchor' && supports.apply(CSS, asked)
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('* { overflow-anchor: none !important }')
    document.adoptedStyleSheets = [sheet]
  `)
  await other.goto(`${shop.url}/chat/${shop.workIdOf('captain-flint')}`)
  await other.getByLabel('Write to Captain Flint').fill('What is the harbor fee?')
  await other.keyboard.press('Enter')
  await other.getByText('receipt', { exact: true }).waitFor()
  await lengthen(other, EXCHANGES)
  await other.locator('.leaf ul').last().waitFor()
  await other.waitForLoadState('networkidle')
  await requireNoJumps(other)
  await other.context().close()
})

test('Home leads to the first message, End to the newest, and whoever drags the bar to the middle finds that there', async () => {
  await page.locator('body').press('Home')
  await requireInSight(page, 1)
  await page.locator('body').press('End')
  await requireInSight(page, EXCHANGES)
  await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)')
  await settled(page)
  const { seen } = await look(page)
  const [first] = seen
  assert.ok(first && first.topPx <= 0 && first.place > 300 && first.place < 700, JSON.stringify(seen))
  await page.locator('body').press('PageUp')
  await requireInSight(page, first.place)
})

test('whoever goes back by Tab alone goes as far as they like; by ear a button leads to what does not stand there', async () => {
  await page.locator('body').press('End')
  await settled(page)
  const numberOf = async (item: Locator) => Number(await item.getAttribute('aria-posinset'))
  const items = page.locator('li[aria-posinset]')
  const stood = await numberOf(items.first())
  await page.getByRole('button', { name: 'Answer again' }).focus()
  for (let presses = 0; presses < 60; presses++) await page.keyboard.press('Shift+Tab')
  await settled(page)
  assert.ok((await numberOf(items.filter({ has: page.locator(':focus') }))) < stood)
  const before = await numberOf(items.first())
  await page.getByRole('button', { name: /^Show earlier messages/ }).focus()
  await page.keyboard.press('Enter')
  await settled(page)
  const inFocus = page.locator('li[aria-posinset]:focus')
  assert.ok((await numberOf(inFocus)) < before)
  assert.equal(await inFocus.getAttribute('aria-setsize'), String(EXCHANGES))
  await requireInSight(page, await numberOf(inFocus))
})

const item = (place: number) => page.locator(`li[aria-posinset="${place}"]`)
/** Who goes from one end to the other touches nothing that has the focus. */
const goToEnd = (end: 'top' | 'bottom') =>
  page.evaluate(
    `window.scrollTo({ top: ${end === 'top' ? 0 : 'document.documentElement.scrollHeight'}, behavior: 'instant' })`,
  )
/** From the words of one answer to those of another. */
const select = (from: number, to: number) =>
  page.evaluate(`(() => {
    const words = place => document.querySelector('li[aria-posinset="' + place + '"] .leaf p').firstChild
    getSelection().setBaseAndExtent(words(${from}), 0, words(${to}), 10)
  })()`)
const selected = () => page.evaluate<string>('getSelection().toString()')
const held = () =>
  page.evaluate<number[]>(
    `[...document.querySelectorAll('li[aria-posinset]')].map(item => Number(item.ariaPosInSet)).filter(place => place > ${EXCHANGES / 2})`,
  )

test('an open receipt, the focus and a selection outlast any way away from them, in both directions, and are let go of when they end', async () => {
  await goToEnd('bottom')
  await requireInSight(page, EXCHANGES)
  const receipt = item(EXCHANGES - 7).locator('details')
  await receipt.locator('summary').click()
  await select(EXCHANGES - 5, EXCHANGES - 3)
  const words = await selected()
  assert.match(words, new RegExp(`Question ${EXCHANGES - 4}:`))
  const copy = item(EXCHANGES - 1).getByRole('button', { name: 'Copy' })
  await copy.evaluate(button =>
    (button as unknown as { focus: (how: object) => void }).focus({ preventScroll: true }),
  )
  const inFocus = item(EXCHANGES - 1).locator('button:focus')
  const requireHeld = async (where: string) => {
    await settled(page)
    assert.equal(await receipt.getAttribute('open'), '', where)
    assert.equal(await inFocus.count(), 1, where)
    assert.equal(await selected(), words, where)
  }
  await goToEnd('top')
  await requireInSight(page, 1)
  await requireHeld('at the first message')
  const beside = [7, 5, 4, 3, 1].map(before => EXCHANGES - before)
  assert.deepEqual(await held(), beside)
  await goToEnd('bottom')
  await requireInSight(page, EXCHANGES)
  await requireHeld('back at the newest')
  await receipt.locator('summary').click()
  await page.evaluate('getSelection().removeAllRanges(), document.activeElement.blur()')
  await goToEnd('top')
  await requireInSight(page, 1)
  assert.deepEqual(await held(), [])
})

test('what is held above and what is held below stay where they are as the window goes past them', async () => {
  await goToEnd('top')
  await requireInSight(page, 1)
  await page.evaluate('window.scrollBy({ top: 9000, behavior: "instant" })')
  await settled(page)
  const { seen } = await look(page)
  const place = seen.at(-1)?.place ?? 0
  await select(place, place)
  const words = await selected()
  assert.ok(words.length > 0)
  const inFocus = item(place).locator('button:focus')
  await item(place)
    .getByRole('button', { name: 'Copy' })
    .evaluate(button =>
      (button as unknown as { focus: (how: object) => void }).focus({ preventScroll: true }),
    )
  for (const px of [20_000, -40_000, 20_000]) {
    await page.evaluate(`window.scrollBy({ top: ${px}, behavior: 'instant' })`)
    await settled(page)
    assert.deepEqual([await selected(), await inFocus.count()], [words, 1], `after ${px} pixels`)
  }
  await page.evaluate('getSelection().removeAllRanges(), document.activeElement.blur()')
})

test('what was said is found wherever it is, and a press leads to it', async () => {
  await page.getByRole('searchbox', { name: 'Search what was said' }).fill('question 321:')
  await page.getByRole('button', { name: /^321 / }).click()
  await requireInSight(page, 321)
  assert.equal(await page.locator('li[aria-posinset]:focus').getAttribute('aria-posinset'), '321')
})

test('on paper stands all of it', async () => {
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`)
  assert.equal((await look(page)).standing, EXCHANGES)
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`)
  await settled(page)
  assert.ok((await look(page)).standing <= MAX_STANDING)
})

test('a question far back is asked another way, and its answer stays in sight as it comes', async () => {
  await page.locator('body').press('Home')
  await settled(page)
  await page.getByRole('button', { name: 'Ask another way' }).nth(1).click()
  await page.getByLabel('Write to Captain Flint').fill('What is your name?')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Answer again' }).waitFor()
  await settled(page)
  assert.equal((await look(page)).standing, 2)
  const newest = await page.getByRole('button', { name: 'Answer again' }).boundingBox()
  const composer = await page.locator('form:has(textarea)').boundingBox()
  assert.ok(newest && composer && newest.y + newest.height <= composer.y + 1)
})

test('a long one is usable by anyone, and no wider than a phone', async () => {
  await page
    .getByRole('button', { name: /^Question 1: /, exact: false })
    .first()
    .click()
  await requireInSight(page, EXCHANGES)
  await requireAccessible(page, 'a long conversation')
  await page.setViewportSize({ width: 320, height: 640 })
  await settled(page)
  await requireNoSidewaysScroll(page, 'a long conversation')
  requireQuiet(deeds)
})
