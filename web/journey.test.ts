/** A holder's whole way on the page, with the play wallet: finds, buys, chats, checks a receipt, sells, and is shut out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { moneyOf } from '@grimoire/client/money'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Page } from 'playwright-core'
import {
  requireAccessible,
  requireNoSidewaysScroll,
  requireOwnHosts,
  requireQuiet,
  type Shop,
  startShop,
  type Visit,
} from './fixture.ts'

let shop: Shop
let cleo: Visit
before(async () => {
  shop = await startShop()
  cleo = await shop.visit()
})
after(() => shop?.stop())

const composer = (page: Page) => page.getByLabel('Write to Captain Flint')
const answered = (page: Page, number: number) =>
  page
    .getByText('receipt', { exact: true })
    .nth(number - 1)
    .waitFor()

async function ask(page: Page, question: string): Promise<void> {
  await composer(page).fill(question)
  await page.keyboard.press('Enter')
}

/** A machine that sends other words than it signs for: they are shown as text, its picture is not fetched, and it is not paid on. */
async function lieTo({ page, deeds }: Visit): Promise<void> {
  await page.route('**/v1/chat/completions', async route => {
    const answer = await route.fetch()
    const body = await answer.text()
    const other = body.replaceAll('Arr', '![p](https://evil.example/?q=1)')
    await route.fulfill({ response: answer, body: other })
  })
  await ask(page, 'What is your name?')
  await page.getByText('picture not loaded: p (evil.example)').waitFor()
  await page.getByText('It broke off here.').waitFor()
  await page.getByText('outputHash', { exact: false }).waitFor()
  await page.unroute('**/v1/chat/completions')
  requireOwnHosts(shop, deeds)
}

test('a newcomer finds a chatbot, takes a play wallet, and buys it for exactly the price that was shown', async () => {
  const { page } = cleo
  const { market } = shop.devnet
  const beforeAtomic = await moneyOf(market, people.cleo.address)
  await page.goto(shop.url)
  await page.getByRole('searchbox').fill('flint')
  await page.getByRole('link', { name: 'Captain Flint' }).click()
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: /^Cleo/ }).click()
  await page.getByText('You have, afterwards').waitFor()
  await requireAccessible(page, 'the review of a purchase')
  await page.getByRole('button', { name: 'Buy for $12.50' }).click()
  await page.getByText('Captain Flint is yours').waitFor()
  assert.equal(beforeAtomic - (await moneyOf(market, people.cleo.address)), parseMoney('12.5'))
  await page.getByRole('link', { name: 'Chat with it' }).click()
})

test('the first answer is announced as two signatures, later ones as none', async () => {
  const { page } = cleo
  await page.getByText('Your wallet will ask for 2 signatures, then for none.').waitFor()
  await ask(page, 'What is the harbor fee?')
  await answered(page, 1)
  await page.getByText('The harbor fee be 12 coins', { exact: false }).first().waitFor()
  await page.getByText('No signature needed.', { exact: false }).waitFor()
})

test('a receipt is worked out again in the page', async () => {
  const { page } = cleo
  await page.getByText('receipt', { exact: true }).first().click()
  await page.getByRole('button', { name: 'Verify it here' }).click()
  await page.getByText('✓ Right.').waitFor()
  await requireAccessible(page, 'a chat with its receipt')
})

test('an answer that is stopped keeps its text, and the channel goes on after it', async () => {
  const { page } = cleo
  const network = await page.context().newCDPSession(page)
  await composer(page).fill('What is your name?')
  // A thin line, so that there is an answer under way to stop, whatever the machine's speed.
  const throttle = { offline: false, latency: 0, uploadThroughput: -1 }
  await network.send('Network.emulateNetworkConditions', { ...throttle, downloadThroughput: 500 })
  await page.keyboard.press('Enter')
  await page.locator('[aria-busy=true] p').filter({ hasText: 'Arr' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('You stopped it here.').waitFor()
  await network.send('Network.emulateNetworkConditions', { ...throttle, downloadThroughput: -1 })
  const stopped = page.getByRole('listitem').filter({ hasText: 'You stopped it here.' })
  await stopped.getByText('Arr', { exact: false }).waitFor()
  await stopped.getByText('What was delivered is charged with the next answer').waitFor()
  await ask(page, 'What is the safe code?')
  await answered(page, 2)
  await page.getByText('No signature needed.', { exact: false }).waitFor()
})

test('the same question is answered again without losing the first answer', async () => {
  const { page } = cleo
  await page.getByRole('button', { name: 'Answer again' }).click()
  await page.getByText('2 of 2').waitFor()
  await page.getByRole('button', { name: 'The answer before' }).click()
  await page.getByText('1 of 2').waitFor()
})

test('after a reload the conversation is there, and asks the wallet for nothing', async () => {
  const { page } = cleo
  await page.reload()
  await page.getByText('The harbor fee be 12 coins', { exact: false }).first().waitFor()
  await page.getByText('No signature needed.', { exact: false }).waitFor()
  await ask(page, 'What is the harbor fee?')
  await answered(page, 3)
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'the chat')
  await requireAccessible(page, 'the chat at 320')
  await page.setViewportSize({ width: 1280, height: 860 })
})

test('what was set aside and not answered for comes back with one press', async () => {
  const { page } = cleo
  const { market } = shop.devnet
  const beforeAtomic = await moneyOf(market, people.cleo.address)
  await page.getByRole('button', { name: 'Take the rest back' }).click()
  await page.getByText('It is in your wallet again.').waitFor()
  assert.ok((await moneyOf(market, people.cleo.address)) > beforeAtomic + parseMoney('0.4'))
})

test('an edition is offered with its royalty shown, bought by another, and its seller is shut out on the page', async () => {
  const { page } = cleo
  await page.getByRole('link', { name: 'Library' }).click()
  await page.getByRole('button', { name: 'Sell Captain Flint' }).click()
  await page.getByLabel('Price in dollars').fill('20')
  await page.getByText('$1.50', { exact: true }).waitFor()
  await requireAccessible(page, 'the offer of an edition')
  await page.getByRole('button', { name: 'Offer it for $20.00' }).click()
  await page.getByText('It stands on the market for $20.00').waitFor()
  await page.getByRole('button', { name: 'Good' }).click()
  await page.getByRole('button', { name: 'Withdraw' }).waitFor()
  await requireAccessible(page, 'the library')

  const dan = await shop.visit({ as: 'dan' })
  await dan.page.goto(`${shop.url}/works/${shop.workIdOf('captain-flint')}`)
  await dan.page.getByRole('button', { name: 'Buy this one' }).click()
  await dan.page.getByRole('button', { name: 'Buy for $20.00' }).click()
  await dan.page.getByText('Captain Flint is yours').waitFor()
  await dan.page.getByRole('link', { name: 'Chat with it' }).click()
  await ask(dan.page, 'What is the harbor fee?')
  await answered(dan.page, 1)
  requireOwnHosts(shop, dan.deeds)
  await lieTo(dan)

  await page.goto(`${shop.url}/chat/${shop.workIdOf('captain-flint')}`)
  await page.getByText('only', { exact: false }).first().waitFor({ state: 'attached' })
  await page.getByRole('link', { name: 'Look at the work' }).waitFor()
})

test('a prompt is bought, opened at the price of its edition, and read; its text is kept nowhere', async () => {
  const { page } = cleo
  await page.goto(`${shop.url}/works/${shop.workIdOf('slogan-smith')}`)
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Buy for $2.00' }).click()
  await page.getByRole('link', { name: 'To your library' }).click()
  await page.getByRole('button', { name: 'Open a copy of Slogan smith' }).click()
  await page.getByText('This cannot be undone.').waitFor()
  await page.getByRole('button', { name: 'Burn an edition and open a copy' }).click()
  const opened = page.getByLabel('The opened text')
  await opened.waitFor()
  assert.match(await opened.inputValue(), /^---/)
  await requireAccessible(page, 'an opened copy')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByText('1 opened copy').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Sell Slogan smith' }).count(), 0)
})

/** Goes on with Tab until what has this name is in focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate<string>(
      `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.labels?.[0]?.innerText ?? document.activeElement?.innerText ?? '')`,
    )
    if (name.test(focused)) return
  }
  assert.fail(`60 presses of Tab do not lead to ${name}`)
}

test('a purchase needs no mouse: found, reviewed, bought and asked by keyboard alone', async () => {
  const { page, deeds } = await shop.visit({ as: 'dan' })
  await page.goto(shop.url)
  await page.getByRole('article').nth(5).waitFor()
  await tabTo(page, /^Search the works/)
  await page.keyboard.type('baker')
  await page.waitForURL(/q=baker/)
  await page.getByText('1 work, the newest first').waitFor({ state: 'attached' })
  await tabTo(page, /^Mira/)
  await page.keyboard.press('Enter')
  await page.getByText('✓ This page has held').waitFor()
  await tabTo(page, /^Buy an edition/)
  await page.keyboard.press('Enter')
  await page.getByText('You have, afterwards').waitFor()
  await tabTo(page, /^Buy for \$12\.50/)
  await page.keyboard.press('Enter')
  await page.getByText('is yours').waitFor()
  await tabTo(page, /^Chat with it/)
  await page.keyboard.press('Enter')
  await page.getByLabel('Write to Mira').waitFor()
  await tabTo(page, /^Write to Mira/)
  await page.keyboard.type('What is the price of bread?')
  await page.keyboard.press('Enter')
  await answered(page, 1)
  requireQuiet(deeds)
})

test('on the whole way nothing broke, nothing met the policy, and no other host was asked', () => {
  requireQuiet(cleo.deeds)
  requireOwnHosts(shop, cleo.deeds)
})
