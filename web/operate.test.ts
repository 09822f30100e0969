/** An operator's whole way on the page, against a real ledger and a real edge: in, priced, seen, accused, and out with the bond. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { allowanceOf, moneyOf } from '@grimoire/client/money'
import { readOperator } from '@grimoire/client/operator-read'
import { readStanding } from '@grimoire/client/operator-standing'
import { sendCall } from '@grimoire/client/wallet'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import { operatorsAnswer } from '@grimoire/schema/directory'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { Page } from 'playwright-core'
import { encodeFunctionData } from 'viem'
import { openShop } from './fixture.ts'
import {
  requireAccessible,
  requireNoSidewaysScroll,
  requireOwnHosts,
  requireQuiet,
  tabTo,
} from './fixture-page.ts'
import { giveWallet } from './fixture-wallet.ts'

const shop = await openShop()
const { market, chain, addresses, walletOf, operator: olga } = shop.devnet
const newcomer = people.stranger.address
const paymentKey: Hex = `0x${randomBytes(20).toString('hex')}`
const sessionKey: Hex = `0x${randomBytes(32).toString('hex')}`
/** Nothing answers there, and the edge will say so. */
const endpoint = 'http://127.0.0.1:1'

const visit = await shop.visit()
const { page, deeds } = visit
const wallet = await giveWallet(page, {
  ...{ rpcUrl: chain.rpcUrl, account: newcomer, chainId: addresses.chainId },
})

const button = (name: string | RegExp) => page.getByRole('button', { name })
const asOwner = (to: Hex, data: Hex, what: string) =>
  sendCall(market, { wallet: walletOf(people.owner), to, data, what })
const record = () => readOperator(market, { operator: newcomer })

async function listedByEdge() {
  const answer = await fetch(`${shop.url}/v1/operators?limit=100`)
  const { operators } = operatorsAnswer.parse(await answer.json())
  return operators.find(one => sameAddress(one.operator, newcomer))
}

/** What `init` says, as it is copied from a terminal. */
const saidBy = (keys: { paymentKey: Hex; sessionKey: Hex }) =>
  `owner        ${newcomer}: bonds\npayment key  ${keys.paymentKey}: send it a little\nsession key  ${keys.sessionKey}`

async function fill(keys: { paymentKey: Hex; sessionKey: Hex }, on = page) {
  await on.getByLabel('Paste what “init” said').fill(saidBy(keys))
  await on.getByLabel('Where holders reach the machine').fill(endpoint)
  await on.getByRole('button', { name: 'Look at it before you sign' }).click()
}

/** In both schemes, and as narrow as a small phone. */
async function looksRight(on: Page, where: string) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await on.emulateMedia({ colorScheme })
    await requireAccessible(on, `${where}, ${colorScheme}`)
  }
  await on.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(on, where)
  await on.setViewportSize({ width: 1280, height: 860 })
}

test('an operator sees what this browser’s own chats measured, the works that list it, and takes an undertaking back', async () => {
  const workId = shop.workIdOf('captain-flint')
  await shop.give('cleo', 'captain-flint')
  const other = await shop.visit()
  const at = other.page
  await at.goto(`${shop.url}/chat/${workId}`)
  await at.getByRole('button', { name: 'Choose a wallet' }).last().click()
  await at.getByRole('button', { name: /^Cleo/ }).click()
  await at.getByLabel('Write to Captain Flint').fill('What is your name?')
  await at.keyboard.press('Enter')
  await at.getByText('receipt', { exact: true }).waitFor()
  await at.getByRole('button', { name: /^Wallet/ }).click()
  await at.getByRole('button', { name: /^Olga/ }).click()
  await at.getByRole('link', { name: 'Operate', exact: true }).click()
  await at.getByText('From this browser: 1 answer.').waitFor()
  await at.getByText('tokens a second, as the machine says').waitFor()
  await at.getByRole('button', { name: 'Ask the machine from here' }).click()
  await at.getByText('Grimoire demo, llama.cpp', { exact: false }).waitFor()
  await at.getByText('its maker lists you').first().waitFor()
  await looksRight(at, 'operate')
  const before = await at.getByRole('button', { name: /^Take it back/ }).count()
  await at
    .getByRole('button', { name: /^Take it back/ })
    .first()
    .click()
  await at.getByRole('button', { name: /^Undertake it/ }).waitFor()
  assert.equal(await at.getByRole('button', { name: /^Take it back/ }).count(), before - 1)
  requireQuiet(other.deeds)
  requireOwnHosts(shop, other.deeds)
})

test('what it takes is read without a wallet; with one, too little money, a key of somebody else and a refused signature each have their sentence and cost nothing', async () => {
  // From here on a block comes with each transaction, and nobody waits for its second.
  await chain.mineAtOnce()
  await page.goto(`${shop.url}/operate`)
  await page.getByText('A bond of $100.00').waitFor()
  await button('Choose a wallet').last().click()
  await button('Test Purse').click()
  await page.getByText(`--operator ${newcomer}`).waitFor()
  await button('Look at it before you sign').click()
  await page.getByText('Something above is missing or wrong').waitFor()
  await fill({ paymentKey, sessionKey })
  await page.getByText('You have only').waitFor()
  await button('Register with a bond of $100.00').click()
  await page.getByText('The account holds less money than this costs.').waitFor()
  await button('Close').click()

  const args = [newcomer, parseMoney('300')] as const
  const mint = encodeFunctionData({ abi: moneyAbi, functionName: 'mint', args })
  await asOwner(addresses.money, mint, 'making play money')
  const known = await readOperator(market, { operator: olga.address })
  await fill({ paymentKey, sessionKey: known?.sessionKey ?? '0x' })
  await button('Register with a bond of $100.00').click()
  await page.getByText('An operator cannot have this key').waitFor()
  assert.deepEqual(await wallet.asked(), [], 'nothing was asked of the wallet that the ledger would refuse')
  await button('Close').click()

  await fill({ paymentKey, sessionKey })
  await wallet.refuse(true)
  await button('Register with a bond of $100.00').click()
  await page.getByText('The wallet did not sign.').waitFor()
  assert.equal(await moneyOf(market, newcomer), parseMoney('300'))
  assert.equal(await record(), null)
})

/** What this device keeps of registrations, by name. */
const keptForms = () =>
  page.evaluate<string[]>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('grimoire', 1)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const asked = opening.result.transaction('texts').objectStore('texts').getAllKeys()
      asked.onerror = () => reject(asked.error)
      asked.onsuccess = () => {
        opening.result.close()
        resolve(asked.result.filter(name => name.includes(':registration:')))
      }
    }
  })`)

test('what was typed into a registration stands there after a reload, kept on this device for this account', async () => {
  await button('Close').click()
  const typed = { 'Bond, in dollars': '120', 'For an answer': '0.003', 'For a million bytes in': '' }
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label).fill(text)
  await page.getByText('Kept on this device until you are registered').waitFor()
  await page.reload()
  await page.getByLabel('Payment key').waitFor()
  const all = {
    ...typed,
    'Payment key': paymentKey,
    'Session key': sessionKey,
    'Where holders reach the machine': endpoint,
  }
  for (const [label, text] of Object.entries(all))
    assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), text, label)
  assert.equal(await page.getByLabel('Paste what “init” said').inputValue(), '')
  const kept = await keptForms()
  assert.deepEqual([kept.length, kept[0]?.endsWith(newcomer)], [1, true])
  await page.getByLabel('Bond, in dollars').fill('100')
  await page.getByLabel('For an answer').fill('0.001')
  await page.getByLabel('For a million bytes in').fill('1')
})

test('one registers with two confirmations, and when cut off between them finds the form as it was and gives only the second; the ledger has what was shown to the unit, and the edge lists it with why it is down', async () => {
  await wallet.refuse(false)
  await button('Look at it before you sign').click()
  await requireAccessible(page, 'the review of a registration')
  await wallet.hold('eth_sendTransaction')
  await button('Register with a bond of $100.00').click()
  await wallet.letOneGo()
  await page.getByText('Your wallet asks you to send it.').first().waitFor()
  await page.reload()
  await button('Look at it before you sign').click()
  await button('Register with a bond of $100.00').click()
  await page.getByText('The ledger knows the machine').waitFor()
  assert.deepEqual(await wallet.asked(), ['eth_sendTransaction'], 'the allowance stands')
  await button('To its page').click()
  await page.getByText('It serves.').waitFor()
  assert.deepEqual(await keptForms(), [], 'what is registered is kept as a draft')
  const { bondAtomic, active, ...card } = (await record()) ?? assert.fail('not registered')
  assert.deepEqual([bondAtomic, active], [parseMoney('100'), true])
  assert.equal(await moneyOf(market, newcomer), parseMoney('200'))
  assert.deepEqual(
    [card.endpoint, card.paymentKey.toLowerCase(), card.sessionKey, card.prices.turnFeeAtomic],
    [endpoint, paymentKey, sessionKey, '1000'],
  )
  await page.getByText('✓ This edge lists it').waitFor()
  assert.equal((await listedByEdge())?.bondAtomic, String(bondAtomic))
  await page.getByText('It did not answer.').first().waitFor()
  await page.getByText('From this browser: 0 answers.').waitFor()
})

test('a wallet that takes batches is asked once, for bond and registration together, and leaves no allowance', async () => {
  const { page: at, deeds: done } = await shop.visit()
  const account = people.dan.address
  const batches = { account: people.dan, multicall3: addresses.multicall3 }
  const both = await giveWallet(at, { rpcUrl: chain.rpcUrl, account, chainId: addresses.chainId, batches })
  await at.goto(`${shop.url}/operate`)
  await at.getByRole('button', { name: 'Choose a wallet' }).last().click()
  await at.getByRole('button', { name: 'Test Purse' }).click()
  const keys = { paymentKey: people.ada.address, sessionKey: `0x${randomBytes(32).toString('hex')}` } as const
  await fill(keys, at)
  await at.getByRole('button', { name: 'Register with a bond of $100.00' }).click()
  await at.getByText('The ledger knows the machine').waitFor()
  assert.deepEqual(await both.asked(), ['wallet_sendCalls'])
  const known = await readOperator(market, { operator: account })
  assert.deepEqual([known?.active, known?.sessionKey], [true, keys.sessionKey])
  assert.equal(await allowanceOf(market, account, addresses.operators), 0n)
  requireQuiet(done)
})

test('a price is changed by keyboard alone, what is the operator’s of it is counted along, and ledger and edge have it', async () => {
  await page.getByRole('heading', { name: 'Card and prices' }).scrollIntoViewIfNeeded()
  await tabTo(button('Change the card'))
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page.getByRole('dialog').getByLabel('For an answer'))
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('0.002')
  await page.getByRole('dialog').getByText('$0.008', { exact: false }).first().waitFor()
  // Of a maker's 20 and the market's 2.5 percent, 77.5 percent are left.
  await page.getByRole('dialog').getByText('$0.0062 yours').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('The ledger has the new card.').waitFor()
  await page.keyboard.press('Escape')
  assert.equal((await record())?.prices.turnFeeAtomic, '2000')
  await page.getByText('at $0.002 an answer').waitFor()
  assert.equal((await listedByEdge())?.prices.turnFeeAtomic, '2000')
})

test('the bond is added to; a slash that is announced says how much, when and why, as text, and is answered once', async () => {
  await page.getByLabel('Add to it, in dollars').fill('50')
  await button('Add $50.00').click()
  await page.getByText('$150.00 vouch for it').waitFor()
  assert.equal((await record())?.bondAtomic, parseMoney('150'))
  const args = [newcomer, parseMoney('37.5'), 'It <b>recited</b> a prompt.'] as const
  await asOwner(
    addresses.operators,
    encodeFunctionData({ abi: operatorsAbi, functionName: 'announceSlash', args }),
    'announcing a slash',
  )
  await page.reload()
  await page.getByText('It <b>recited</b> a prompt.').waitFor()
  await page.getByText('$37.50 of $150.00').waitFor()
  await page.getByLabel('Your answer').fill('It did not: see my log.')
  await button('Answer on the chain').click()
  await page.getByText('You have answered.').first().waitFor()
  assert.equal((await readStanding(market, { operator: newcomer })).slash?.isAnswered, true)
})

const dates = () => page.locator('ol time').evaluateAll(all => all.map(one => one.getAttribute('datetime')))
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
const DAY = 86_400

async function beginToLeave() {
  await button('Leave with this machine').click()
  await button('Begin to leave').click()
  await page.getByText('The ledger has it.').waitFor()
  await button('Good').click()
  await page.getByText('It is leaving.').waitFor()
}

test('leaving stands as a timeline with the ledger’s own dates; one may stay after all; when time has passed the whole bond comes back', async () => {
  await beginToLeave()
  await button('Stay after all').click()
  await page.getByText('It serves, and a part of its bond is at stake.').waitFor()
  assert.equal((await record())?.active, true)
  await beginToLeave()
  const free = (await record())?.freeAtSeconds ?? 0
  const { slash } = await readStanding(market, { operator: newcomer })
  assert.deepEqual(await dates(), [
    iso(free - 14 * DAY),
    iso(slash?.dueAtSeconds ?? 0),
    iso(free - 5 * DAY),
    iso(free),
  ])
  await page.getByText('At most 25 %, $37.50, can be taken').waitFor()
  assert.equal(await button(/^Withdraw/).count(), 0)
  await looksRight(page, 'leaving')
  await chain.testClient.increaseTime({ seconds: 14 * DAY })
  await chain.testClient.mine({ blocks: 1 })
  await page.reload()
  await page.getByText('Its bond is free.').waitFor()
  await button('Withdraw $150.00').click()
  await page.getByText('It has no bond.').waitFor()
  assert.equal(await moneyOf(market, newcomer), parseMoney('300'))
  assert.deepEqual([(await record())?.bondAtomic, (await record())?.active], [0n, false])
  requireQuiet(deeds)
  requireOwnHosts(shop, deeds)
})
