/** Trading on a work's page: an offer made there is accepted there, an edition is given away, and what happened can be read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buyWork } from '@grimoire/client/buy-work'
import { earnings } from '@grimoire/client/earnings'
import { findOffers, postOffer } from '@grimoire/client/find-offers'
import { TERMS } from '@grimoire/client/fixture'
import { words } from '@grimoire/client/fixture-market'
import { editionsOf, ledgerWork } from '@grimoire/client/ledger-work'
import { listEdition } from '@grimoire/client/list-edition'
import { makeOffer } from '@grimoire/client/make-offer'
import { moneyOf } from '@grimoire/client/money'
import { publishWork } from '@grimoire/client/publish-work'
import { sendCall } from '@grimoire/client/wallet'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
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
const { market, walletOf, chain, addresses } = shop.devnet
const workId = shop.workIdOf('captain-flint')
const cleo = await shop.visit({ as: 'cleo' })

const workPage = async (page: Page, id = workId) => {
  await page.goto(`${shop.url}/works/${id}`)
  await page.getByText('✓ This page has held').waitFor()
}
const chapter = (page: Page, name: string) => page.getByRole('region', { name })
const money = (who: keyof typeof people) => moneyOf(market, people[who].address)
const held = (who: keyof typeof people) => editionsOf(market, { workId, holder: people[who].address })

/** A visitor with a wallet of the browser's own kind, which counts what it is asked. */
async function withPurse(who: keyof typeof people) {
  const visit = await shop.visit()
  const account = people[who].address
  const wallet = await giveWallet(visit.page, { rpcUrl: chain.rpcUrl, account, chainId: addresses.chainId })
  return { ...visit, wallet }
}

test('an offer is one signature: refused it costs nothing, signed it stands, and no money has moved', async () => {
  await shop.give('cleo', 'captain-flint')
  const { page, wallet, deeds } = await withPurse('dan')
  const beforeAtomic = await money('dan')
  await workPage(page)
  await page.getByRole('button', { name: 'Make an offer' }).first().click()
  await page.getByRole('button', { name: 'Test Purse' }).click()
  await page.getByLabel('Price in dollars').fill('0')
  await page.getByText('Write a number above 0').waitFor()
  await page.getByLabel('Price in dollars').fill('9999999')
  await page.getByText('You have less than you would offer.').waitFor()
  await page.getByLabel('Price in dollars').fill('9.50')
  await page.getByText('You pay when it is accepted').waitFor()
  await requireAccessible(page, 'the making of an offer')
  await wallet.refuse(true)
  await page.getByRole('button', { name: 'Sign an offer of $9.50' }).click()
  await page.getByText('The wallet did not sign.').waitFor()
  await wallet.refuse(false)
  await page.getByRole('button', { name: 'Look at it again' }).click()
  await page.getByRole('button', { name: 'Sign an offer of $9.50' }).click()
  await page.getByText('Your offer of $9.50 stands.', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Good' }).click()
  await page.getByRole('button', { name: 'Withdraw your offer of $9.50' }).waitFor()
  assert.deepEqual(await wallet.asked(), ['eth_signTypedData_v4', 'eth_signTypedData_v4'])
  assert.equal(await money('dan'), beforeAtomic)
  requireQuiet(deeds)
  requireOwnHosts(shop, deeds)
})

test('its holder accepts it on the page: the chain pays the seller what was shown, the maker the royalty, the buyer the edition', async () => {
  const { page } = cleo
  const [cleoBefore, danBefore] = [await money('cleo'), await money('dan')]
  await workPage(page)
  const offers = chapter(page, 'What others offer for it')
  await offers.getByRole('button', { name: 'Accept the offer of $9.50' }).click()
  await page.getByRole('dialog').getByText('$0.7125', { exact: true }).waitFor()
  await requireAccessible(page, 'the acceptance of an offer')
  await page.getByRole('button', { name: 'Sell for $8.55' }).click()
  await page.getByText('$8.55 is in your wallet', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Good' }).click()
  await offers.getByText('Nobody offers for it now.').waitFor()
  assert.equal((await money('cleo')) - cleoBefore, parseMoney('8.55'))
  assert.equal(danBefore - (await money('dan')), parseMoney('9.5'))
  assert.deepEqual([await held('cleo'), await held('dan')], [0n, 1n])
  const { creator } = await ledgerWork(market, workId)
  const { earnings: rows } = await earnings(market, { account: creator })
  assert.deepEqual([rows.at(-1)?.kind, rows.at(-1)?.amountAtomic], ['royalty', parseMoney('0.7125')])
})

test('a gift names whom it cannot be for, moves the edition, and shuts its giver out', async () => {
  const { page, deeds } = await shop.visit({ as: 'dan' })
  await workPage(page)
  await page.getByRole('button', { name: 'Give away Captain Flint' }).click()
  const to = page.getByLabel('The address of whoever gets it')
  for (const [wrong, why] of [
    ['0x12', 'An address is 0x and 40 digits'],
    [`0x${'0'.repeat(40)}`, 'This address is nobody’s'],
    [people.dan.address, 'This is your own address.'],
  ] as const) {
    await to.fill(wrong)
    await page.getByText(why).waitFor()
    assert.ok(await page.getByRole('button', { name: 'Give it away for good' }).isDisabled(), wrong)
  }
  await to.fill(people.cleo.address)
  await page.getByText('This cannot be undone:').waitFor()
  await requireAccessible(page, 'a gift')
  await page.getByLabel('I have compared the address').check()
  await page.getByRole('button', { name: 'Give it away for good' }).click()
  await page.getByText('One edition of Captain Flint is with').waitFor()
  assert.deepEqual([await held('cleo'), await held('dan')], [1n, 0n])
  await page.goto(`${shop.url}/chat/${workId}`)
  await page.getByRole('link', { name: 'Look at the work' }).waitFor()
  requireQuiet(deeds)
})

test('what happened is told in sentences, each with its transaction, the oldest by one more press', async () => {
  const { page } = cleo
  for (const price of ['31', '32', '33', '34', '35', '36'])
    await listEdition(market, { wallet: walletOf(people.cleo), workId, priceAtomic: parseMoney(price) })
  await workPage(page)
  const activity = chapter(page, 'What happened to it')
  await activity.getByText('You put an edition up for sale at $36.00.').waitFor()
  await activity.getByRole('button', { name: 'Show more' }).click()
  await activity.getByText('made it.').waitFor()
  const rows = await activity.getByRole('listitem').allInnerTexts()
  const told = rows.filter(row => row.includes('✓ block')).map(row => row.split('\n')[0])
  assert.equal(told.length, 4)
  assert.match(told[0] ?? '', /gave an edition to you\.$/)
  assert.match(told[1] ?? '', /^You sold an edition to .* for \$9\.50; \$0\.7125 of it went to its maker\.$/)
  assert.match(told[2] ?? '', /^You bought an edition from its maker for \$12\.50\.$/)
  assert.equal(await activity.getByRole('button', { name: /^Copy transaction 0x/ }).count(), 4)
  assert.equal(await activity.getByRole('button', { name: 'Show more' }).count(), 0)
})

test('an offer whose money is gone is not shown, its maker is told why, and takes it back with one press', async () => {
  const wallet = walletOf(people.dan)
  await postOffer(market, await makeOffer(market, { wallet, workId, priceAtomic: parseMoney('7') }))
  const { page } = cleo
  await workPage(page)
  await page.getByRole('button', { name: 'Accept the offer of $7.00' }).waitFor()
  const args = [people.owner.address, await money('dan')] as const
  const data = encodeFunctionData({ abi: moneyAbi, functionName: 'transfer', args })
  await sendCall(market, { wallet, to: addresses.money, data, what: 'spending it all' })
  await page.reload()
  await chapter(page, 'What others offer for it').getByText('Nobody offers for it now.').waitFor()
  assert.deepEqual(await findOffers(market, { workId }), [])
  const dan = await shop.visit({ as: 'dan' })
  await dan.page.goto(`${shop.url}/library`)
  await dan.page.getByText('your wallet has less than it promises', { exact: false }).waitFor()
  await dan.page.getByText('accepted, and paid').waitFor()
  await dan.page.getByRole('button', { name: 'Withdraw the offer for Captain Flint' }).click()
  await dan.page.getByText('withdrawn', { exact: true }).waitFor()
  await requireAccessible(dan.page, 'the library with ended orders')
  await dan.page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(dan.page, 'the library with ended orders')
})

test('an edition is put up for sale from the work’s page by keyboard alone, and withdrawn there', async () => {
  const { page } = cleo
  await workPage(page, shop.workIdOf('captain-flint'))
  await page.getByText('You hold 1 edition').waitFor()
  await tabTo(page.getByRole('button', { name: /^Sell\b/ }))
  await page.keyboard.press('Enter')
  await tabTo(page.getByLabel('Price in dollars'))
  await page.keyboard.type('40')
  await page.getByText('When it is sold').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('It stands on the market for $40.00').waitFor()
  await tabTo(page.getByRole('button', { name: 'Good' }))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Withdraw your listing at $40.00' }).click()
  await page.getByRole('button', { name: 'Withdraw your listing at $40.00' }).waitFor({ state: 'detached' })
})

test('a holder has a page: what they hold by the chain’s count, what they paid and sold for, and what they did', async () => {
  const { page, deeds } = await shop.visit()
  await workPage(page)
  await chapter(page, 'Who holds it').getByRole('link').first().click()
  await page.waitForURL(`**/holders/${people.cleo.address}`)
  await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
  for (const sum of ['$12.50', '$8.55', '6 listings'])
    await page.getByRole('definition').getByText(sum, { exact: true }).waitFor()
  await page.getByText('gave an edition of', { exact: false }).waitFor()
  await requireAccessible(page, 'a holder')
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'a holder')
  await page.goto(`${shop.url}/works/${workId}`)
  await page
    .getByText('made it.')
    .or(page.getByRole('button', { name: 'Show more' }))
    .first()
    .waitFor()
  await requireNoSidewaysScroll(page, 'a work that was traded')
  await page.goto(`${shop.url}/holders/${people.ada.address}`)
  await page.getByText('Nothing was ever held here').waitFor()
  await page.getByRole('link', { name: /works that it made/ }).waitFor()
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('of an opened copy with a broken file the rest is read, and which file is missing, and why', async () => {
  const { page } = cleo
  const card = { role: 'card', name: 'rhyme.prompt', mediaType: MEDIA_TYPES.promptCard } as const
  const file = { role: 'knowledge', name: 'knowledge-1', mediaType: MEDIA_TYPES.knowledge } as const
  const bytesOf = (text: string) => new TextEncoder().encode(text)
  const { workId } = await publishWork(market, {
    ...{ wallet: walletOf(people.ada), words: words({ name: 'demo', sha256: 'ab'.repeat(32) }) },
    terms: { ...TERMS, kind: 'prompt', disclosure: 'openable' },
    parts: [
      { ...card, bytes: bytesOf('Rhyme about a tower.') },
      { ...file, bytes: bytesOf('words.png\nThis is none of a work’s files.') },
    ],
  })
  await buyWork(market, { wallet: walletOf(people.cleo), workId, maxCostAtomic: parseMoney('5') })
  await page.goto(`${shop.url}/library`)
  await page.getByRole('button', { name: 'Open a copy of The red tower' }).click()
  await page.getByRole('button', { name: 'Burn an edition and open a copy' }).click()
  assert.equal(await page.getByLabel('The opened text').inputValue(), 'Rhyme about a tower.')
  const missing = page.getByRole('region', { name: 'Files that could not be read' })
  await missing.getByText('Not read: knowledge-1').waitFor()
  await missing.getByText('a name that ends in .txt', { exact: false }).waitFor()
  await requireAccessible(page, 'an opened copy with a broken file')
  await page.getByRole('button', { name: 'Close' }).click()
})

test('on the whole way nothing broke, nothing met the policy, and no other host was asked', () => {
  requireQuiet(cleo.deeds)
  requireOwnHosts(shop, cleo.deeds)
})
