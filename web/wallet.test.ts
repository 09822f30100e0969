/** A wallet of one's own on the page: how often it is asked, and what happens when it refuses or comes too late. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buyWork } from '@grimoire/client/buy-work'
import { owedTo } from '@grimoire/client/credits'
import { moneyOf } from '@grimoire/client/money'
import { publishWork } from '@grimoire/client/publish-work'
import { people } from '@grimoire/devnet/accounts'
import { partsOf, seedNamed, seedTerms } from '@grimoire/devnet/seeds'
import { formatMoney, parseMoney } from '@grimoire/schema/amounts'
import { openShop } from './fixture.ts'
import { requireAccessible, requireNoSidewaysScroll, requireOwnHosts, requireQuiet } from './fixture-page.ts'
import { giveWallet } from './fixture-wallet.ts'

const shop = await openShop()

/** A visitor with the wallet of an account of the chain, on the page of a work. */
async function withWallet(account: string, workId: string) {
  const visit = await shop.visit()
  const { chain, addresses } = shop.devnet
  const { chainId } = addresses
  const wallet = await giveWallet(visit.page, { rpcUrl: chain.rpcUrl, account, chainId })
  await visit.page.goto(`${shop.url}/works/${workId}`)
  return { ...visit, wallet }
}

/** A work of Ada's with the words and the number of editions that a test needs. */
async function publish(words: { title: string; summary: string }, editionCap: number): Promise<string> {
  const { market, walletOf, base, operator } = shop.devnet
  const seed = seedNamed('slogan-smith')
  const { workId } = await publishWork(market, {
    wallet: walletOf(people.ada),
    words: { ...words, tags: ['test'], language: 'en', licence: 'CC0-1.0', base },
    terms: { ...seedTerms(seed), editionCap, priceAtomic: String(parseMoney('1')) },
    parts: partsOf(seed),
    admitted: [operator.address],
  })
  return workId
}

test('a wallet that announces itself buys with one signature and one transaction, and chats with two signatures in all', async () => {
  const { page, wallet, deeds } = await withWallet(people.dan.address, shop.workIdOf('mira-the-baker'))
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Test Purse' }).click()
  await page.getByRole('button', { name: 'Buy for $12.50' }).click()
  await page.getByRole('link', { name: 'Chat with it' }).click()
  assert.deepEqual(await wallet.asked(), ['eth_signTypedData_v4', 'eth_sendTransaction'])
  for (const [number, question] of ['What is the price of bread?', 'What is the price of cake?'].entries()) {
    await page.getByLabel('Write to Mira, the baker of Larkfield').fill(question)
    await page.keyboard.press('Enter')
    await page.getByText('receipt', { exact: true }).nth(number).waitFor()
  }
  await page.getByText('19 coins', { exact: false }).first().waitFor()
  assert.deepEqual(await wallet.asked(), [
    'eth_signTypedData_v4',
    'eth_sendTransaction',
    'personal_sign',
    'eth_signTypedData_v4',
  ])
  await page.reload()
  await page.getByText('No signature needed.', { exact: false }).waitFor()
  assert.deepEqual(await wallet.asked(), [], 'a reload asks for nothing')
  requireQuiet(deeds)
  requireOwnHosts(shop, deeds)
})

test('a signature that is refused is named, costs nothing, and can be tried again from where one was', async () => {
  const { page, wallet } = await withWallet(people.cleo.address, shop.workIdOf('alma-the-bard'))
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Test Purse' }).click()
  await wallet.refuse(true)
  await page.getByRole('button', { name: 'Buy for $12.50' }).click()
  await page.getByText('The wallet did not sign.').waitFor()
  await wallet.refuse(false)
  await page.getByRole('button', { name: 'Look at it again' }).click()
  await page.getByRole('button', { name: 'Buy for $12.50' }).click()
  await page.getByText('is yours').waitFor()
})

test('who comes too late for the last edition is told so, and signs for nothing', async () => {
  const { market, walletOf } = shop.devnet
  const workId = await publish({ title: 'Only one', summary: 'There is one of it.' }, 1)
  const { page, wallet } = await withWallet(people.cleo.address, workId)
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Test Purse' }).click()
  await page.getByText('The chain was asked just now').waitFor()
  await buyWork(market, { wallet: walletOf(people.dan), workId, maxCostAtomic: parseMoney('1') })
  await page.getByRole('button', { name: 'Buy for $1.00' }).click()
  await page.getByText('Every edition of the work is sold.').waitFor()
  assert.deepEqual(await wallet.asked(), [])
  await page.getByRole('button', { name: 'See what holders ask' }).click()
  await page.getByText('every edition is sold').waitFor()
})

test('a maker’s earnings are the ledger’s to the last unit, and one press takes them', async () => {
  const { market, claim } = shop.devnet
  const account = people.ada.address
  // What answers have earned by now is claimed first, so that nothing changes while it is looked at.
  await claim()
  const [{ owedAtomic }, beforeAtomic] = await Promise.all([
    owedTo(market, { account }),
    moneyOf(market, account),
  ])
  assert.ok(owedAtomic > parseMoney('25.35'), 'two chatbots, one prompt, and a share of the answers')
  const { page, deeds } = await shop.visit({ as: 'ada' })
  await page.goto(`${shop.url}/earnings`)
  await page.getByText(`The ledger owes you $${formatMoney(owedAtomic)}`).waitFor()
  await requireAccessible(page, 'earnings')
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'earnings')
  await page.getByRole('button', { name: 'Take all of it' }).click()
  await page.getByText('It is in your wallet.').waitFor()
  assert.equal((await moneyOf(market, account)) - beforeAtomic, owedAtomic)
  await page.getByRole('button', { name: 'Nothing to take now' }).waitFor()
  requireQuiet(deeds)
})

test('an account without money is told what it has before it signs', async () => {
  const { page, wallet } = await withWallet(people.stranger.address, shop.workIdOf('alma-the-bard'))
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Test Purse' }).click()
  await page.getByText('You have only').waitFor()
  await page.getByText('The account holds less money than this costs.').waitFor()
  assert.equal(
    await page.getByRole('button', { name: 'Buy for $12.50' }).count(),
    0,
    'nothing to sign is offered',
  )
  assert.deepEqual(await wallet.asked(), [])
})
