/** Buying over everything that comes between: each scene ends with one edition, paid once, and with the wallet asked no more than it had to be. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { buyWork } from '@grimoire/client/buy-work'
import { cancelOrders } from '@grimoire/client/cancel-orders'
import { editionsOf } from '@grimoire/client/ledger-work'
import { listEdition } from '@grimoire/client/list-edition'
import { moneyOf } from '@grimoire/client/money'
import { devnetAccount } from '@grimoire/contracts/devnet-accounts'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Page } from 'playwright-core'
import { parseEther, toHex } from 'viem'
import { openShop } from './fixture.ts'
import { requireAccessible, requireNoSidewaysScroll, requireQuiet } from './fixture-page.ts'
import { type GivenWallet, giveWallet } from './fixture-wallet.ts'

/** Sends for those without gas. */
const RELAYER = devnetAccount(9)
const relayerKey = RELAYER.getHdKey().privateKey
assert.ok(relayerKey)
const shop = await openShop({ RELAYER_KEY: toHex(relayerKey) })
const { devnet } = shop
const { market, chain, addresses } = devnet

const PRICE = parseMoney('12.5')
const [SIGN, SEND, SWITCH] = ['eth_signTypedData_v4', 'eth_sendTransaction', 'wallet_switchEthereumChain']

/** What somebody has paid and holds since the scene began. */
async function accountOf(account: `0x${string}`, slug: string) {
  const workId = shop.workIdOf(slug)
  const now = () => Promise.all([moneyOf(market, account), editionsOf(market, { workId, holder: account })])
  const [moneyBefore, editionsBefore] = await now()
  return async () => {
    const [money, editions] = await now()
    return { paidAtomic: moneyBefore - money, editions: editions - editionsBefore }
  }
}
const ONCE = { paidAtomic: PRICE, editions: 1n }
const NOTHING = { paidAtomic: 0n, editions: 0n }

/** A visitor with a wallet, before the review of a purchase, who knows what it costs. */
async function beforeBuying(
  who: 'dan' | 'cleo' | 'stranger',
  slug: string,
  given: Partial<GivenWallet> = {},
) {
  const account = people[who].address
  const visit = await shop.visit()
  const { page } = visit
  const wallet = await giveWallet(page, {
    ...{ rpcUrl: chain.rpcUrl, account, chainId: addresses.chainId },
    ...given,
  })
  const changed = await accountOf(account, slug)
  await page.goto(`${shop.url}/works/${shop.workIdOf(slug)}`)
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Test Purse' }).click()
  await page.getByText('The chain was asked just now').waitFor()
  return {
    ...visit,
    wallet,
    changed,
    press: () => page.getByRole('button', { name: 'Buy for $12.50' }).click(),
  }
}

/** No block comes until it is over; what is sent waits. */
async function withoutBlocks(t: TestContext): Promise<() => Promise<void>> {
  await chain.testClient.setIntervalMining({ interval: 0 })
  await chain.testClient.setAutomine(false)
  t.after(() => chain.mineEverySecond())
  return () => chain.mineEverySecond()
}

const asks = async (wallet: { asked: () => Promise<string[]> }, method: string | undefined) => {
  const deadline = Date.now() + 20_000
  while (!(await wallet.asked()).includes(method ?? '')) {
    assert.ok(Date.now() < deadline, `the wallet was not asked for ${method}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

const yours = (page: Page) =>
  page
    .getByText(/is yours\.|The edition is yours\./)
    .first()
    .waitFor()

test('a wallet that takes batches is asked once, for payment and purchase together', async () => {
  const batches = { account: people.dan, multicall3: addresses.multicall3 }
  const { page, wallet, changed, press, deeds } = await beforeBuying('dan', 'mira-the-baker', { batches })
  await page.getByText('Your wallet asks you once').waitFor()
  await page.getByText('Network fee, from your wallet').waitFor()
  await press()
  await yours(page)
  assert.deepEqual([await wallet.asked(), await changed()], [['wallet_sendCalls'], ONCE])
  requireQuiet(deeds)
})

test('a batch over a reload: the wallet is asked what became of it, and not to send it again', async t => {
  const go = await withoutBlocks(t)
  const batches = { account: people.dan, multicall3: addresses.multicall3 }
  const { page, wallet, changed, press } = await beforeBuying('dan', 'mira-the-baker', { batches })
  await press()
  await page.getByText('Waiting for the block', { exact: false }).first().waitFor()
  await page.reload()
  await page.getByText('It waits for its block', { exact: false }).waitFor()
  await go()
  await page.getByText(/\$12\.50 paid, in block/).waitFor()
  assert.deepEqual([await wallet.asked(), await changed()], [['wallet_sendCalls'], ONCE])
})

test('a page that is reloaded between signature and sending goes on without another signature', async () => {
  const { page, wallet, changed, press } = await beforeBuying('dan', 'captain-flint')
  await wallet.hold(SEND ?? '')
  await press()
  await asks(wallet, SEND)
  assert.deepEqual(await wallet.asked(), [SIGN, SEND])
  await page.reload()
  await page.getByText('You have signed its payment', { exact: false }).waitFor()
  await requireAccessible(page, 'a purchase under way')
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'a purchase under way')
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.goto(`${shop.url}/library`)
  await page.getByRole('button', { name: 'Go on', exact: true }).click()
  await requireAccessible(page, 'going on with a purchase')
  await page.getByRole('button', { name: 'Go on and buy for $12.50' }).click()
  await yours(page)
  assert.deepEqual([await wallet.asked(), await changed()], [[SEND], ONCE])
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('region', { name: 'Your purchases' }).waitFor({ state: 'detached' })
})

test('a page that is reloaded before the block, and gone when it comes, shows the receipt when it is back', async t => {
  const go = await withoutBlocks(t)
  const { page, wallet, changed, press } = await beforeBuying('dan', 'captain-flint')
  await press()
  await page.getByText('Waiting for the block', { exact: false }).first().waitFor()
  await page.reload()
  await page.getByText('It waits for its block', { exact: false }).waitFor()
  assert.deepEqual(await changed(), NOTHING)
  await page.goto('about:blank')
  await go()
  const height = await chain.publicClient.getBlockNumber()
  while ((await chain.publicClient.getBlockNumber()) < height + 2n)
    await new Promise(resolve => setTimeout(resolve, 100))
  await page.goto(`${shop.url}/works/${shop.workIdOf('captain-flint')}`)
  await page.getByText(/\$12\.50 paid, in block/).waitFor()
  assert.deepEqual([await wallet.asked(), await changed()], [[], ONCE])
  await page.getByRole('button', { name: 'Good' }).click()
  await page.getByRole('region', { name: 'Your purchases' }).waitFor({ state: 'detached' })
})

test('the play wallet too: reloaded before the block, bought once', async t => {
  const go = await withoutBlocks(t)
  const { page } = await shop.visit({ as: 'cleo' })
  const changed = await accountOf(people.cleo.address, 'alma-the-bard')
  await page.goto(`${shop.url}/works/${shop.workIdOf('alma-the-bard')}`)
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await page.getByRole('button', { name: 'Buy for $12.50' }).click()
  await page.getByText('Waiting for the block', { exact: false }).first().waitFor()
  await page.reload()
  await page.getByText('It waits for its block', { exact: false }).waitFor()
  await go()
  await page.getByText(/\$12\.50 paid, in block/).waitFor()
  assert.deepEqual(await changed(), ONCE)
})

test('a sending that is refused keeps the signature: the second try asks for nothing but the sending', async () => {
  const { page, wallet, changed, press } = await beforeBuying('dan', 'alma-the-bard')
  await wallet.hold(SEND ?? '')
  await press()
  await asks(wallet, SEND)
  await wallet.refuse(true)
  await wallet.letGo()
  await page.getByText('The wallet did not sign.').waitFor()
  assert.deepEqual(await changed(), NOTHING)
  await wallet.refuse(false)
  await page.getByRole('button', { name: 'Look at it again' }).click()
  await press()
  await yours(page)
  assert.deepEqual([await wallet.asked(), await changed()], [[SIGN, SEND, SEND], ONCE])
})

test('an offer that is withdrawn and made anew at another price while the wallet asks: nothing is bought, the new price is shown', async () => {
  const [workId, seller] = [shop.workIdOf('captain-flint'), devnet.walletOf(people.cleo)]
  await buyWork(market, { wallet: seller, workId, maxCostAtomic: PRICE })
  const { listing } = await listEdition(market, { wallet: seller, workId, priceAtomic: parseMoney('14') })
  const { page, wallet, changed } = await beforeBuying('dan', 'captain-flint')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Buy this one' }).click()
  await wallet.hold(SIGN ?? '')
  await page.getByRole('button', { name: 'Buy for $14.00' }).click()
  await asks(wallet, SIGN)
  await cancelOrders(market, { wallet: seller, nonces: [listing.nonce] })
  await listEdition(market, { wallet: seller, workId, priceAtomic: parseMoney('15') })
  await wallet.letGo()
  await page.getByText('The listing or offer was cancelled', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'See what is offered now' }).click()
  await page.getByRole('listitem').filter({ hasText: '$15.00' }).first().waitFor()
  assert.deepEqual([await wallet.asked(), await changed()], [[SIGN], NOTHING])
  assert.equal(await page.getByRole('region', { name: 'Your purchases' }).count(), 0, 'nothing is left of it')
})

test('a wallet on another chain is asked to switch; that it does not is said, and it can be asked again', async () => {
  const { page, wallet, changed, press } = await beforeBuying('dan', 'captain-flint', { elsewhere: 1 })
  await page.getByText('Your wallet is on chain 1, this market on chain 31337.', { exact: false }).waitFor()
  await wallet.refuse(true)
  await press()
  await page.getByText('This belongs to another chain.').waitFor()
  await wallet.refuse(false)
  await page.getByRole('button', { name: 'Ask my wallet to switch' }).click()
  await yours(page)
  assert.deepEqual([await wallet.asked(), await changed()], [[SWITCH, SWITCH, SIGN, SEND], ONCE])
})

test('a line that is lost while the block is awaited: it is said, and the purchase goes on when it is back', async t => {
  const go = await withoutBlocks(t)
  const { page, wallet, changed, press } = await beforeBuying('dan', 'captain-flint')
  await press()
  await page.getByText('Waiting for the block', { exact: false }).first().waitFor()
  await page.context().setOffline(true)
  await page.getByText('This device is offline.', { exact: false }).waitFor()
  await page.context().setOffline(false)
  await go()
  await yours(page)
  assert.deepEqual([await wallet.asked(), await changed()], [[SIGN, SEND], ONCE])
})

test('a question of the wallet that was not seen is not asked a second time, here or in another window', async () => {
  const { page, wallet, changed, press } = await beforeBuying('dan', 'captain-flint')
  await wallet.hold(SIGN ?? '')
  await press()
  await asks(wallet, SIGN)
  await page.getByRole('button', { name: 'Close' }).click()
  const other = await page.context().newPage()
  const account = people.dan.address
  const there = await giveWallet(other, { rpcUrl: chain.rpcUrl, account, chainId: addresses.chainId })
  await other.goto(page.url())
  await other.getByRole('button', { name: 'Buy an edition' }).click()
  await other.getByRole('button', { name: 'Buy for $12.50' }).click()
  await other.getByText('This is being bought in another window.').waitFor()
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await press()
  await wallet.letGo()
  await yours(page)
  assert.deepEqual([await wallet.asked(), await there.asked(), await changed()], [[SIGN, SEND], [], ONCE])
})

test('the way back in the middle of it leaves the dialog, not the purchase', async () => {
  const { page, wallet, changed } = await beforeBuying('dan', 'captain-flint')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('link', { name: 'Market' }).click()
  await page.getByRole('link', { name: 'Captain Flint' }).click()
  await page.getByRole('button', { name: 'Buy an edition' }).click()
  await wallet.hold(SEND ?? '')
  await page.getByRole('button', { name: 'Buy for $12.50' }).click()
  await asks(wallet, SEND)
  await page.goBack()
  await page.getByRole('searchbox').waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  await page.goForward()
  await page.getByText('right now: answer your wallet', { exact: false }).waitFor()
  await wallet.letGo()
  await page.getByText(/\$12\.50 paid, in block/).waitFor()
  assert.deepEqual([await wallet.asked(), await changed()], [[SIGN, SEND], ONCE])
})

test('without any of the network’s coin one signature is enough: the edge sends it, also over a reload', async t => {
  const account = people.stranger.address
  const { moneyAbi } = await import('@grimoire/contracts/generated/money')
  await chain.walletOf(people.owner).writeContract({
    ...{ address: addresses.money, abi: moneyAbi, functionName: 'mint', args: [account, parseMoney('50')] },
  })
  await chain.testClient.setBalance({ address: account, value: 0n })
  await chain.testClient.mine({ blocks: 1 })
  t.after(() => chain.testClient.setBalance({ address: account, value: parseEther('100') }))
  const go = await withoutBlocks(t)
  const { page, wallet, changed, press } = await beforeBuying('stranger', 'alma-the-bard')
  await page.getByText('paid by this edge').waitFor()
  await press()
  await page.getByText('Waiting for the block', { exact: false }).first().waitFor()
  assert.deepEqual(await wallet.asked(), [SIGN])
  await page.reload()
  await page.getByText('It waits for its block', { exact: false }).waitFor()
  await go()
  await page.getByText(/\$12\.50 paid, in block/).waitFor()
  assert.deepEqual([await wallet.asked(), await changed()], [[], ONCE])
})
