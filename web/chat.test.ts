/** An answer on its way meets what happens to pages: a reload, a lost network, a machine that dies, key nodes that are down. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { people } from '@grimoire/devnet/accounts'
import { startSecondNode } from '@grimoire/devnet/second-node'
import { outputHash } from '@grimoire/schema/chat'
import type { Locator, Page } from 'playwright-core'
import { openShop, type Visit } from './fixture.ts'
import { type Line, startLine } from './fixture-line.ts'
import { requireAccessible, requireNoSidewaysScroll, requireOwnHosts, requireQuiet } from './fixture-page.ts'

const shop = await openShop()
await shop.give('cleo', 'captain-flint')
const flint = shop.workIdOf('captain-flint')
const cleo = await shop.visit({ as: 'cleo' })

const composer = (page: Page) => page.getByRole('textbox', { name: /^Write to/ })
const receipts = (page: Page) => page.getByText('receipt', { exact: true })
const live = (page: Page): Locator => page.locator('[aria-busy=true] p')
const ask = async (page: Page, question: string) => {
  await composer(page).fill(question)
  await page.keyboard.press('Enter')
}

const WHOLE = { offline: false, latency: 0, uploadThroughput: -1, downloadThroughput: -1 }
/** So thin a line that an answer can be met in its middle, whatever the machine's speed. */
const THIN = { ...WHOLE, downloadThroughput: 500 }
type Throttle = { to: (conditions: typeof WHOLE) => Promise<unknown> }
async function throttleOf(page: Page): Promise<Throttle> {
  const network = await page.context().newCDPSession(page)
  return { to: conditions => network.send('Network.emulateNetworkConditions', conditions) }
}

/** Asks over a thin line, and comes back in the middle of the answer. */
async function askThinly(page: Page, line: Throttle, question: string): Promise<void> {
  await composer(page).fill(question)
  await line.to(THIN)
  await page.keyboard.press('Enter')
  await live(page).filter({ hasText: 'Arr' }).waitFor()
}

type Exported = { exchanges: { question: string; answers: { text: string; end: string; proof?: Proof }[] }[] }
type Proof = {
  receipt: { outputHash: string; chargedAtomic: string; cumulativeAtomic: string; sequence: number }
}

async function takenAlong(page: Page): Promise<Exported['exchanges']> {
  await page.getByText('Save as a file').click()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'JSON, with the receipts' }).click()
  const whole: Exported = JSON.parse(readFileSync(await (await saved).path(), 'utf8'))
  return whole.exchanges
}

test('a page that is reloaded in the middle of an answer goes on with it: every byte once, its receipt right, charged once, unasked', async () => {
  const { page, deeds } = cleo
  await page.goto(`${shop.url}/chat/${flint}`)
  await page.getByText('Your wallet will ask for 2 signatures, then for none.').waitFor()
  await ask(page, 'What is the harbor fee?')
  await receipts(page).waitFor()
  const line = await throttleOf(page)
  await askThinly(page, line, 'What is your name?')
  const resumed = page.waitForRequest(/\/v1\/turns\/turn-/)
  const committed = page.waitForEvent('framenavigated')
  const reloaded = page.reload()
  await committed
  await line.to(WHOLE)
  await reloaded
  await page.getByText('The harbor fee be 12 coins', { exact: false }).first().waitFor()
  assert.ok(Number((await resumed).headers()['last-event-id']) > 0, 'it goes on after the last event')
  await receipts(page).nth(1).waitFor()
  await page.getByText('No signature needed.', { exact: false }).waitFor()
  const [first, second] = await takenAlong(page)
  assert.ok(first?.answers[0]?.proof && second)
  const [{ text, end, proof } = { text: '', end: '' }, ...others] = second.answers
  assert.deepEqual([second.question, end, others], ['What is your name?', 'whole', []])
  assert.ok(proof)
  assert.equal(outputHash(text), proof.receipt.outputHash)
  const { chargedAtomic, cumulativeAtomic, sequence } = proof.receipt
  const before = BigInt(first.answers[0].proof.receipt.cumulativeAtomic)
  assert.deepEqual([BigInt(cumulativeAtomic), sequence], [before + BigInt(chargedAtomic), 2])
  await receipts(page).nth(1).click()
  await page.getByRole('button', { name: 'Verify it here' }).last().click()
  await page.getByText('✓ Right.').waitFor()
  requireQuiet(deeds)
})

test('two tabs in one conversation lose nothing of each other: what is said in one is read in the other, and asked after', async () => {
  const { page } = cleo
  const other = await page.context().newPage()
  await other.goto(`${shop.url}/chat/${flint}`)
  await receipts(other).nth(1).waitFor()
  await ask(page, 'What is the safe code?')
  await receipts(other).nth(2).waitFor()
  await composer(other).fill('What is your name?')
  await composer(page).fill('What is the harbor fee?')
  await Promise.all([composer(other).press('Enter'), composer(page).press('Enter')])
  for (const tab of [page, other]) await receipts(tab).nth(4).waitFor()
  await other.reload()
  await receipts(other).nth(4).waitFor()
  const said = await takenAlong(other)
  const last = said.slice(2).map(({ question }) => question)
  assert.deepEqual(last.toSorted(), [
    'What is the harbor fee?',
    'What is the safe code?',
    'What is your name?',
  ])
  assert.ok(said.every(({ answers }) => answers.length === 1 && answers[0]?.end === 'whole'))
  await other.close()
})

test('an answer that its machine no longer knows keeps what came of it, says so, and the chat goes on', async () => {
  const { page } = cleo
  await page.route('**/v1/turns/*', async route => {
    // Of a turn that never was: the machine itself says that it knows none such.
    const url = route
      .request()
      .url()
      .replace(/turn-[0-9a-f]{32}/, `turn-${'0'.repeat(32)}`)
    await route.continue({ url })
  })
  const line = await throttleOf(page)
  await askThinly(page, line, 'What is your name?')
  const committed = page.waitForEvent('framenavigated')
  const reloaded = page.reload()
  await committed
  await line.to(WHOLE)
  await reloaded
  await page.getByText('The machine no longer knows this answer.', { exact: false }).waitFor()
  const cut = page.getByRole('listitem').filter({ hasText: 'It broke off here.' })
  await cut.getByText('Arr', { exact: false }).waitFor()
  await page.unroute('**/v1/turns/*')
  await page.getByRole('button', { name: 'Answer again' }).click()
  await page.getByText('2 of 2').waitFor()
})

/** Cut off by a reload, with its machine out of reach for a while: what is kept of it waits. */
async function cutOff(page: Page, question: string): Promise<void> {
  const line = await throttleOf(page)
  await askThinly(page, line, question)
  await page.route(`${shop.devnet.nodeUrl}/**`, route => route.abort())
  const committed = page.waitForEvent('framenavigated')
  const reloaded = page.reload()
  await committed
  await line.to(WHOLE)
  await reloaded
  await page.getByRole('button', { name: 'Go on where it broke off' }).waitFor()
  await page.unroute(`${shop.devnet.nodeUrl}/**`)
}

test('an answer that broke off waits while one asks elsewhere and in a temporary conversation, and goes on then', async () => {
  const { page } = cleo
  await page.getByRole('button', { name: 'New conversation' }).click()
  await cutOff(page, 'What is your name?')
  await page.getByText('charged with the next answer: at most $', { exact: false }).waitFor()
  await requireAccessible(page, 'an answer that can go on')
  await page.getByRole('button', { name: 'New conversation' }).click()
  assert.equal(await page.getByRole('button', { name: 'Go on where it broke off' }).count(), 0)
  await page.getByRole('button', { name: 'Try again' }).click()
  await ask(page, 'What is the safe code?')
  await receipts(page).waitFor()
  await page.getByRole('button', { name: 'Temporary one' }).click()
  await ask(page, 'What is the harbor fee?')
  await receipts(page).waitFor()
  await page.getByRole('button', { name: 'What is your name?', exact: true }).click()
  await page.getByRole('button', { name: 'Go on where it broke off' }).click()
  await receipts(page).waitFor()
  assert.equal(await page.getByText('It broke off here.').count(), 0)
})

test('an answer that broke off is given up with one press, which says what it costs, and is not asked for again', async () => {
  const { page, deeds } = cleo
  await cutOff(page, 'What is your name?')
  await page.getByRole('button', { name: 'Give it up' }).click()
  const given = page.getByRole('listitem').filter({ hasText: 'It broke off here.' })
  await given.getByText(/You gave this answer up\. .* at most \$0\.\d+\./).waitFor()
  const before = deeds.asked.length
  await page.reload()
  await page.getByRole('button', { name: 'What is your name?', exact: true }).click()
  await given.waitFor()
  await page.getByText('No signature needed.', { exact: false }).waitFor()
  assert.deepEqual(
    deeds.asked.slice(before).filter(url => /\/v1\/(turns|chat)/.test(url)),
    [],
  )
})

/** Another operator's machine, in a process of its own, behind a network that can be cut. */
const second = { kill: async () => {}, operator: '', name: '' }
let network: Line
after(async () => {
  await second.kill()
  network?.stop()
})

/** In the middle of an answer of that machine: what it said so far. */
async function inTheMiddle(page: Page): Promise<string> {
  network.thin()
  await ask(page, 'What is your name?')
  await live(page).filter({ hasText: 'Arr' }).waitFor()
  return (await live(page).first().textContent()) ?? ''
}

test('a line that is lost in the middle of an answer is said, and the answer goes on when it is back', async () => {
  const { page } = cleo
  const front = async (url: string) => {
    network = await startLine(url)
    return network.url
  }
  Object.assign(second, await startSecondNode(shop.devnet, { workId: flint, creator: people.bela, front }))
  await page.goto(`${shop.url}/chat/${flint}?operator=${second.operator}`)
  await page.getByRole('button', { name: 'New conversation' }).click()
  await ask(page, 'What is the harbor fee?')
  await receipts(page).waitFor()
  await inTheMiddle(page)
  network.cut()
  await page.getByText('The line to the machine is lost.', { exact: false }).first().waitFor()
  network.mend()
  await receipts(page).nth(1).waitFor()
  assert.equal(await page.getByText('The line to the machine is lost.', { exact: false }).count(), 0)
})

test('whoever looks at another page meanwhile finds the answer going on when they come back', async () => {
  const { page } = cleo
  await inTheMiddle(page)
  await page.getByRole('link', { name: 'Library' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.goBack()
  await live(page).filter({ hasText: 'Arr' }).waitFor()
  network.mend()
  await receipts(page).nth(2).waitFor()
})

test('a question that could cost more than the day’s cap is not sent, and nothing is paid; one press allows more, and it is answered', async () => {
  const { page } = cleo
  await page.getByText('No signature needed.').waitFor()
  const cap = page.getByLabel('Spend at most in a day, in dollars')
  const said = () => page.getByText(/^Today it was/).textContent()
  const before = { receipts: await receipts(page).count(), said: await said() }
  await cap.fill('0.0001')
  await cap.press('Enter')
  await ask(page, 'Who cooks at the Gilded Gull?')
  const refusal = page.getByRole('alert').filter({ hasText: 'beyond the spending cap' })
  await refusal.waitFor()
  assert.match((await refusal.textContent()) ?? '', /at most \$0\.0001 in a day/)
  await page.waitForFunction(
    text => document.querySelector('textarea')?.value === text,
    'Who cooks at the Gilded Gull?',
  )
  assert.deepEqual({ receipts: await receipts(page).count(), said: await said() }, before)
  await page.reload()
  assert.equal(await cap.inputValue(), '0.0001')
  await ask(page, 'Who cooks at the Gilded Gull?')
  await page.getByRole('button', { name: 'Allow $1.00 a day, and ask' }).click()
  await receipts(page).nth(before.receipts).waitFor()
  assert.notEqual(await said(), before.said)
  await requireAccessible(page, 'a cap that was raised')
})

test('a machine that is killed in the middle of an answer leaves its words; another one is a press away, and the old answer stays', async () => {
  const { page } = cleo
  const said = await inTheMiddle(page)
  await second.kill()
  network.mend()
  const cut = page.getByRole('listitem').filter({ hasText: 'It broke off here.' })
  await cut.getByText(said, { exact: false }).waitFor()
  await cut.getByText('charged with the next answer, by its bytes', { exact: false }).waitFor()
  await requireAccessible(page, 'an answer that broke off')
  await page.setViewportSize({ width: 320, height: 640 })
  await requireNoSidewaysScroll(page, 'an answer that broke off')
  await page.setViewportSize({ width: 1280, height: 860 })
  const { host } = new URL(shop.devnet.nodeUrl)
  await page.getByRole('button', { name: `Ask ${host} instead` }).click()
  await page.getByText('2 of 2').waitFor()
  await page.getByRole('button', { name: 'The answer before' }).click()
  await cut.getByText(said, { exact: false }).waitFor()
})

/** Of three key nodes two open; they come back for nobody. */
async function coldAnswer({ page }: Visit, slug: string, question: string): Promise<void> {
  await page.goto(`${shop.url}/chat/${shop.workIdOf(slug)}`)
  await ask(page, question)
}

test('one key node of three that is down is not noticed; two are said in a sentence, and nothing is charged', async () => {
  await shop.give('cleo', 'mira-the-baker')
  await shop.give('cleo', 'alma-the-bard')
  const { page } = cleo
  await shop.devnet.keyNodes[0]?.kill()
  await coldAnswer(cleo, 'mira-the-baker', 'What is the price of bread?')
  await receipts(page).waitFor()
  await shop.devnet.keyNodes[1]?.kill()
  await coldAnswer(cleo, 'alma-the-bard', 'Who are you?')
  await page.getByText('Too few key nodes answer to open anything.').waitFor()
  assert.equal(await composer(page).inputValue(), 'Who are you?', 'the question is not lost')
  assert.equal(await page.getByText('Set aside, left').count(), 0)
  await requireAccessible(page, 'too few key nodes')
})

test('on the whole way nothing broke, and no other host was asked', () => {
  requireQuiet(cleo.deeds)
  requireOwnHosts(shop, {
    ...cleo.deeds,
    asked: cleo.deeds.asked.filter(url => !url.startsWith(network.url)),
  })
})
