/** A holder's whole way on the page, with the play wallet: finds, buys, chats, checks a receipt, sells, and is shut out. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { enter, unlock } from '@grimoire/client/cli/enter'
import { readSettings } from '@grimoire/client/cli/options'
import { type RunningGateway, runGateway } from '@grimoire/client/cli/running'
import { importBundle } from '@grimoire/client/gateway/bundle'
import { moneyOf } from '@grimoire/client/money'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Page } from 'playwright-core'
import { openShop, type Visit } from './fixture.ts'
import {
  requireAccessible,
  requireNoSidewaysScroll,
  requireOwnHosts,
  requireQuiet,
  tabTo,
} from './fixture-page.ts'

const shop = await openShop()
const cleo = await shop.visit()

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
  await page.getByText('The chain was asked just now').waitFor()
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

test('an answer that is stopped keeps its text, and says at once what it came to, with its receipt', async () => {
  const { page } = cleo
  const network = await page.context().newCDPSession(page)
  await composer(page).fill('What is your name?')
  // A thin line, so that there is an answer under way to stop, whatever the machine's speed.
  const throttle = { offline: false, latency: 0, uploadThroughput: -1 }
  await network.send('Network.emulateNetworkConditions', { ...throttle, downloadThroughput: 500 })
  await page.keyboard.press('Enter')
  await page.locator('[aria-busy=true] p').filter({ hasText: 'Arr' }).waitFor()
  await page.keyboard.press('Escape')
  await network.send('Network.emulateNetworkConditions', { ...throttle, downloadThroughput: -1 })
  const stopped = page.getByRole('listitem').filter({ hasText: 'You stopped it here.' })
  await stopped.getByText('Arr', { exact: false }).waitFor()
  await stopped.getByText('receipt', { exact: true }).click()
  await stopped.getByRole('button', { name: 'Verify it here' }).click()
  await stopped.getByText('✓ Right.').waitFor()
  await ask(page, 'What is the safe code?')
  await answered(page, 3)
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
  await answered(page, 4)
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'the chat')
  await requireAccessible(page, 'the chat at 320')
  await page.setViewportSize({ width: 1280, height: 860 })
})

test('a question asked another way begins a conversation of its own, and the first stays as it was', async () => {
  const { page } = cleo
  await page.getByRole('button', { name: 'Ask another way' }).first().click()
  await page.getByText('Question 1, another way.', { exact: false }).waitFor()
  assert.equal(await composer(page).inputValue(), 'What is the harbor fee?')
  await page.keyboard.press('Escape')
  assert.equal(await composer(page).inputValue(), '', 'Esc leaves the question alone')
  await answered(page, 4)
  await page.getByRole('button', { name: 'Ask another way' }).first().click()
  await ask(page, 'What is your name?')
  await answered(page, 1)
  await page.getByRole('button', { name: 'What is the harbor fee?' }).click()
  await answered(page, 4)
})

test('a conversation is named, pinned and taken along; a temporary one is gone with the page', async () => {
  const { page } = cleo
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByLabel('Name').fill('At the harbor')
  await page.getByRole('button', { name: 'Keep this name' }).click()
  await page.getByRole('button', { name: 'Pin' }).click()
  await page.getByRole('button', { name: 'Pinned: At the harbor' }).waitFor()
  await page.getByText('Save as a file').click()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'SillyTavern, to go on there' }).click()
  const file = await (await saved).path()
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.deepEqual([lines.length, JSON.parse(lines[1] ?? '').mes], [9, 'What is the harbor fee?'])
  await page.getByRole('button', { name: 'Temporary one' }).click()
  await page.getByText('This conversation is not kept', { exact: false }).waitFor()
  await ask(page, 'What is the safe code?')
  await answered(page, 1)
  await page.reload()
  await page.getByRole('button', { name: 'Pinned: At the harbor' }).click()
  await answered(page, 4)
  assert.equal(await page.getByRole('button', { name: 'What is the safe code?' }).count(), 0)
  await page.locator('body').press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await requireAccessible(page, 'the keyboard map')
  await page.keyboard.press('Escape')
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
  await page.getByRole('button', { name: 'Put it up for sale at $20.00' }).click()
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

/** A gateway as its owner would start it, over a store that has taken in the file. */
async function gatewayWith(file: string): Promise<RunningGateway> {
  const store = mkdtempSync(join(tmpdir(), 'grimoire-everywhere-'))
  const settings = readSettings({ edge: shop.url, store, port: 0 })
  const entered = await enter(settings)
  await importBundle(entered.market, await unlock(entered, settings), JSON.parse(readFileSync(file, 'utf8')))
  const running = await runGateway(entered, settings)
  const stop = () => running.stop().finally(() => rmSync(store, { recursive: true }))
  return { ...running, stop }
}

test('what is set aside for a work goes to a gateway of one’s own, where any program asks it', async () => {
  const { page } = cleo
  const take = async () => {
    await page.goto(`${shop.url}/library`)
    await page.getByRole('button', { name: 'Use it everywhere (Slogan smith)' }).click()
    await page.getByRole('button', { name: 'Save it for my gateway' }).click()
  }
  await take()
  await page.getByRole('link', { name: 'Ask it one question' }).click()
  await page.getByLabel('What Slogan smith should work on').fill('a bakery')
  await page.keyboard.press('Enter')
  await answered(page, 1)
  const saved = page.waitForEvent('download')
  await take()
  const file = await saved
  await page.getByText(`npx grimoire import ${file.suggestedFilename()}`).waitFor()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy Base URL' }).click()
  await page.getByText('Copied', { exact: true }).waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'http://127.0.0.1:7411/v1')
  await requireAccessible(page, 'the way to a gateway')
  const { url, token, stop } = await gatewayWith(await file.path())
  try {
    const asked = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'slogan-smith', messages: [{ role: 'user', content: 'a bakery' }] }),
    })
    const { choices } = await asked.json()
    assert.ok(choices[0].message.content.length > 0)
  } finally {
    await stop()
  }
})

test('a purchase needs no mouse: found, reviewed, bought and asked by keyboard alone', async () => {
  const { page, deeds } = await shop.visit({ as: 'dan' })
  await page.goto(shop.url)
  await page.getByRole('article').nth(5).waitFor()
  await tabTo(page.getByRole('searchbox'))
  await page.keyboard.type('baker')
  await page.waitForURL(/q=baker/)
  await page.getByText('1 work, the best match first').waitFor()
  await tabTo(page.getByRole('link', { name: /^Mira/ }))
  await page.keyboard.press('Enter')
  await page.getByText('✓ This page has held').waitFor()
  await tabTo(page.getByRole('button', { name: 'Buy an edition' }))
  await page.keyboard.press('Enter')
  await page.getByText('The chain was asked just now').waitFor()
  await tabTo(page.getByRole('button', { name: 'Buy for $12.50' }))
  await page.keyboard.press('Enter')
  await page.getByText('is yours').waitFor()
  await tabTo(page.getByRole('link', { name: 'Chat with it' }))
  await page.keyboard.press('Enter')
  await page.getByLabel('Write to Mira').waitFor()
  await tabTo(page.getByLabel('Write to Mira'))
  await page.keyboard.type('What is the price of bread?')
  await page.keyboard.press('Enter')
  await answered(page, 1)
  requireQuiet(deeds)
})

test('a maker’s earnings by day and kind are those of the chain to the unit, each with its transaction', async () => {
  const { page, deeds } = await shop.visit({ as: 'ada' })
  await page.goto(`${shop.url}/earnings`)
  await page.getByText('this edge and the ledger’s own events come to the same').waitFor()
  await page.getByText('By kind', { exact: true }).click()
  await page.getByRole('row', { name: 'First sales' }).getByText('$12.1875').first().waitFor()
  await requireAccessible(page, 'earnings')
  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Every payment as CSV' }).click()
  const rows = readFileSync(await (await saved).path(), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
  assert.match(rows[0] ?? '', /amount_atomic,block_number,transaction$/)
  assert.ok(rows.some(row => /,sale,\d+,12187500,\d+,0x[0-9a-f]{64}$/.test(row)))
  await page.getByText('As an operator', { exact: true }).click()
  await page.getByText('This account is not registered as an operator').waitFor()
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'earnings')
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('on the whole way nothing broke, nothing met the policy, and no other host was asked', () => {
  requireQuiet(cleo.deeds)
  requireOwnHosts(shop, cleo.deeds)
})
