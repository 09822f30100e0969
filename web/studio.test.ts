/** The studio as a maker uses it: a card of another program becomes a draft, is tried on a real node, and becomes a work. */
import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { people } from '@grimoire/devnet/accounts'
import { cardText, DEMO_MODEL_PATH, seedNamed } from '@grimoire/devnet/seeds'
import { writeCardPng } from '@grimoire/schema/card-png'
import type { Page } from 'playwright-core'
import { openShop } from './fixture.ts'
import { hostileTexts } from './fixture-hostile.ts'
import {
  requireAccessible,
  requireNoSidewaysScroll,
  requireOwnHosts,
  requireQuiet,
  tabTo,
} from './fixture-page.ts'
import { giveWallet } from './fixture-wallet.ts'

const shop = await openShop()
const maker = await shop.visit()

/** What the wallet was asked since the page was loaded. */
const asked = (page: Page) => page.evaluate<string[]>('window.walletAsked')

/** One grey point. */
const POINT = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  ),
)

/** The shipped baker as a card of version 2 in a picture, with things that no chat here can take. */
function bakerPicture(): Buffer {
  const { data } = JSON.parse(cardText(seedNamed('mira-the-baker')))
  const entry = { keys: ['(a+)+$'], content: 'x', enabled: true, insertion_order: 0, use_regex: true }
  const chara = JSON.stringify({
    spec: 'chara_card_v2',
    spec_version: '2.0',
    data: { ...data, first_mes: 'Fresh bread!', character_book: { entries: [entry], extensions: {} } },
  })
  return Buffer.from(writeCardPng(POINT, { ccv3: chara, chara }))
}

async function importPicture(page: Page, name = 'mira.png'): Promise<void> {
  await page.goto(`${shop.url}/studio`)
  await page.getByLabel('From a file').setInputFiles({ name, mimeType: 'image/png', buffer: bakerPicture() })
  await page.getByRole('heading', { level: 1, name: 'Mira' }).waitFor()
}

const textFile = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text) })
const PRICES = textFile('prices.md', '- price of milk: 6 coins\n')
const HOURS = textFile('hours.txt', 'The shop is shut on Sundays.\n')

/** The rest of what a mint needs, on the page of the terms. */
async function setTerms(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Terms' }).click()
  await page.getByLabel('Summary').fill('Knows her prices and a secret.')
  await page.getByLabel('Tags').fill('baker, village')
  await page
    .getByLabel(/grimoire-demo|weights/i)
    .first()
    .check()
  await page.getByRole('group', { name: 'Machines that may read it' }).getByRole('checkbox').check()
  await page.getByLabel('Price of an edition, in dollars').fill('8')
}

const rpcUrl = `http://127.0.0.1:${shop.devnet.ports.chain}`

/** The chain does not say any more what came of a transaction. Resolves as soon as the page waits for that. */
const holdReceipts = (page: Page): Promise<void> =>
  new Promise((resolve, reject) => {
    page
      .route(`${rpcUrl}/**`, route =>
        /eth_getTransactionReceipt/.test(route.request().postData() ?? '') ? resolve() : route.continue(),
      )
      .catch(reject)
  })

test('a maker imports a card, gives it files to look things up in, tries it on a node with one signature, and mints it with one transaction over a reload', async () => {
  const { page, deeds } = maker
  const { addresses } = shop.devnet.market
  const account = people.ada.address
  await giveWallet(page, { rpcUrl, account, chainId: addresses.chainId })
  await importPicture(page)
  await page.getByText('its keys are patterns').waitFor()
  await page.getByLabel('Greeting').fill('Good morning!')
  await page.getByLabel('Temperature').fill('0')

  await page.getByLabel('Add files').setInputFiles([HOURS, PRICES, textFile('manual.pdf', '%PDF-1.7')])
  await page.getByText('manual.pdf', { exact: false }).waitFor()
  const files = page.getByRole('list', { name: 'Knowledge files' }).getByRole('listitem')
  await page.getByRole('button', { name: 'Move up prices.md' }).press('Enter')
  assert.deepEqual(
    (await files.allInnerTexts()).map(text => /\S+\.(md|txt|pdf)/.exec(text)?.[0]),
    ['prices.md', 'hours.txt'],
  )

  await page.getByRole('button', { name: 'Try it on this machine' }).click()
  await page.getByRole('button', { name: /Test Purse/ }).click()
  await page.getByLabel('Say something to it').fill('What is the price of milk?')
  await page.keyboard.press('Enter')
  await page.getByText('The price of milk is 6 coins.').waitFor()
  await page.getByRole('button', { name: 'Pin as a sample' }).click()
  assert.deepEqual(await asked(page), ['personal_sign'])

  await setTerms(page)
  await page.getByText('$7.8', { exact: false }).first().waitFor()
  await page.getByRole('link', { name: 'Publish' }).click()
  await page.getByText('with 2 knowledge files', { exact: false }).waitFor()
  // The edge takes nothing, and the page is left in the middle.
  await page.route('**/v1/blobs/*', () => undefined)
  await page.getByRole('button', { name: 'Seal and mint it' }).click()
  await page.getByText('Uploading the sealed files', { exact: false }).first().waitFor()
  await page.unroute('**/v1/blobs/*')
  const before = deeds.asked.length
  await page.reload()
  await page.getByRole('button', { name: 'Go on with the mint' }).click()
  await page.getByRole('heading', { name: 'Mira is in the world.' }).waitFor()
  assert.deepEqual(await asked(page), ['eth_sendTransaction'])
  assert.ok(!deeds.asked.slice(before).some(url => /sealer/.test(url)), 'it was sealed a second time')
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)

  await page.getByRole('button', { name: /to prove it$/ }).click()
  await page.getByText('✓ Proven', { exact: false }).waitFor()
  assert.deepEqual((await asked(page)).slice(1), ['personal_sign', 'eth_signTypedData_v4'])
  await page.getByRole('link', { name: 'To the market' }).click()
  // What was sealed answers whoever pays, here its maker: the proof's sample is such a turn.
  await page.getByRole('link', { name: 'Mira', exact: true }).click()
  await page.getByText('The price of milk is 6 coins.', { exact: false }).waitFor()
  await page.getByText('with 2 files (1 kB), sealed with it').waitFor()
  assert.ok(!(await page.locator('main').textContent())?.includes('prices.md'), 'a sealed name is shown')
})

test('a new version shows what it changes, takes an adapter whose head was read here first, and is not sent again after a reload', async () => {
  const { page, deeds } = maker
  await page.goto(`${shop.url}/studio`)
  await page.getByRole('link', { name: 'Mira', exact: true }).click()
  const adapter = page.getByLabel('Choose an adapter')
  await adapter.setInputFiles(DEMO_MODEL_PATH)
  await page.getByText('a GGUF of type model', { exact: false }).waitFor()
  await adapter.setInputFiles(join(dirname(DEMO_MODEL_PATH), 'pirate.gguf'))
  await page.getByText('pirate.gguf', { exact: true }).waitFor()
  await page.getByLabel('System prompt').fill('You are Mira, and have become a pirate.')
  await page
    .getByLabel('Add more files')
    .setInputFiles([
      textFile('prices.md', '- price of milk: 7 coins\n'),
      textFile('tides.csv', 'day,tide\n1,high'),
    ])
  await page.getByRole('button', { name: 'Remove tides.csv' }).waitFor()
  await page.getByRole('button', { name: 'Remove hours.txt' }).click()
  await page.getByRole('link', { name: 'Publish' }).click()
  const changes = page.getByRole('region', { name: 'What changes against version 1' })
  await changes.getByText('You are Mira, and have become a pirate.').waitFor()
  for (const change of ['Removed: hours.txt', 'Added: prices.md, with another text', 'Added: tides.csv'])
    await changes.getByText(change).waitFor()
  const waiting = holdReceipts(page)
  await page.getByRole('button', { name: 'Publish version 2' }).click()
  await waiting
  assert.deepEqual(await asked(page), ['personal_sign', 'eth_sendTransaction'])
  await page.unroute(`${rpcUrl}/**`)
  await page.reload()
  await page.getByRole('button', { name: 'Go on with the version' }).click()
  await page.getByRole('heading', { name: 'Version 2 is out.' }).waitFor()
  assert.deepEqual(await asked(page), [])
  await page.getByRole('link', { name: 'See its page' }).click()
  await page
    .getByText('pirate.gguf')
    .or(page.getByText('adapter', { exact: false }))
    .first()
    .waitFor()
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('by keyboard alone a prompt is begun, written and read back, and after a reload it is there as it was left', async () => {
  const { page, deeds } = await shop.visit()
  await page.goto(`${shop.url}/studio`)
  await page.getByRole('button', { name: 'A new prompt' }).focus()
  await page.keyboard.press('Enter')
  const source = page.getByLabel('Text of the prompt')
  await source.waitFor()
  await tabTo(source)
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText('---\ninput:\n  schema:\n    city: string\n---\nName a street in {{city}}.')
  await tabTo(page.getByLabel('city', { exact: true }))
  await page.keyboard.insertText('Oakham')
  await page.getByRole('region', { name: 'Preview' }).getByText('Name a street in Oakham.').waitFor()
  await page.getByText('Kept on this device', { exact: false }).waitFor()
  await page.reload()
  assert.match(await source.inputValue(), /Name a street/)
  await page.goto(`${shop.url}/studio`)
  await page.getByRole('button', { name: /^Delete/ }).press('Enter')
  await page.getByRole('button', { name: /^Delete it for good/ }).press('Enter')
  await page.getByText('None yet.', { exact: false }).waitFor()
  requireQuiet(deeds)
})

test('each step of the studio is usable by anyone, light and dark, and fits into 320 pixels', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await shop.visit({ colorScheme, viewport: { width: 320, height: 640 } })
    await page.goto(`${shop.url}/studio`)
    await requireAccessible(page, `the studio, ${colorScheme}`)
    await importPicture(page, `${'long-name-'.repeat(12)}.png`)
    await page.getByRole('button', { name: 'Add a note' }).click()
    await page
      .getByLabel('Add files')
      .setInputFiles([textFile(`${'long-name-'.repeat(7)}.txt`, 'Text.'), PRICES])
    await page.getByRole('button', { name: 'Remove prices.md' }).waitFor()
    await page.getByRole('button', { name: 'Try it on this machine' }).waitFor()
    for (const step of ['Write and try', 'Terms', 'Publish']) {
      await page.getByRole('link', { name: step }).click()
      if (step === 'Terms') await page.getByText('A sale for', { exact: false }).waitFor()
      await requireAccessible(page, `${step}, ${colorScheme}`)
      await requireNoSidewaysScroll(page, step)
    }
    await page.context().close()
  }
})

test('thirty hostile texts in every field, and in a card that is imported, are shown as text: nothing runs or loads', async () => {
  const { page, deeds } = await shop.visit({ viewport: { width: 320, height: 640 } })
  page.on('dialog', dialog => assert.fail(`a dialog: ${dialog.message()}`))
  const all = hostileTexts()
  const thirty = all.filter((_, index) => index % Math.ceil(all.length / 30) === 0)
  const text = thirty.join('\n').slice(0, 20_000)
  const data = {
    name: text.replaceAll('\n', ' ').slice(0, 120),
    system_prompt: text,
    tags: thirty,
    creator_notes: text,
  }
  const card = JSON.stringify({
    spec: 'chara_card_v2',
    spec_version: '2.0',
    data: { ...data, [text]: 1, assets: [text] },
  })
  await page.goto(`${shop.url}/studio`)
  const name = '<img src=x onerror=window.ran=1>.json'
  const file = { name, mimeType: 'application/json', buffer: Buffer.from(card) }
  await page.getByLabel('From a file').setInputFiles(file)
  for (const step of ['Write and try', 'Terms', 'Publish']) {
    await page.getByRole('link', { name: step }).click()
    for (const field of await page.locator('main input.field, main textarea').all())
      if (await field.isVisible()) await field.fill(text)
    await requireNoSidewaysScroll(page, step)
    const found = await page.evaluate<string[]>(
      `[...document.querySelectorAll('main img, main iframe, main script, main object, main form[action], main [onerror], main [onload], main a[href^="javascript"], main a[href^="data"]')].map(one => one.outerHTML)`,
    )
    assert.deepEqual(found, [])
    // Here too, since the list below begins with a window of its own.
    assert.equal(await page.evaluate('window.ran'), undefined)
  }
  await page.goto(`${shop.url}/studio`)
  await page.getByRole('button', { name: /^Delete/ }).waitFor()
  await requireNoSidewaysScroll(page, 'the list')
  assert.equal(await page.evaluate('window.ran'), undefined)
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})
