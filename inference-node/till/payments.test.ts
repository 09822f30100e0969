/** What a payment buys, however it is raced, repeated, broken off or shared: one answer, and what was delivered of it. */
import assert from 'node:assert/strict'
import { Agent, request as httpRequest } from 'node:http'
import { after, before, test } from 'node:test'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { askTurn, beginTurn, wholeOf } from '../api/turns-fixture.ts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { type Payer, post, readAsked } from './fixture.ts'

const PRICES = {
  turnFeeAtomic: '1000',
  inputPerMillionBytesAtomic: '10000',
  outputPerMillionBytesAtomic: '20000',
}

let world: NodeWorld
let node: InferenceNode
let work: TestWork

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  node = await startInferenceNode(world.config('node', { turnGraceMs: 300 }), { log: logNothing })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const question = (maxTokens = 8, content = 'Hello there') => ({
  model: work.model,
  messages: [{ role: 'user', content }],
  max_tokens: maxTokens,
})
const costOf = (text: string) =>
  chargeAtomic(PRICES, { inputBytes: utf8Bytes('Hello there'), outputBytes: utf8Bytes(text) })
const cumulativeOf = (tail: { receipt: { cumulativeAtomic: string } } | undefined) =>
  BigInt(tail?.receipt.cumulativeAtomic ?? '-1')

/** The status of one post over one of a few connections. */
function statusOf(agent: Agent, body: string, paid: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...paid }
    const sent = httpRequest(
      `${node.url}/v1/chat/completions`,
      { method: 'POST', agent, headers },
      answer => {
        answer.resume()
        answer.once('end', () => resolve(answer.statusCode ?? 0))
        answer.once('error', reject)
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

test('one payment raced a thousand ways yields one answer and one charge', async () => {
  const payer = world.payer('holder')
  const first = await payer.ask(node.url, question())
  const body = { ...question(), stream: true, temperature: 0 }
  const { header, payload } = await payer.pay(node.url, body)
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const text = JSON.stringify(body)
  const paid = payer.headers(node.url, body, header)
  const statuses = await Promise.all(Array.from({ length: 1_000 }, () => statusOf(agent, text, paid)))
  agent.destroy()
  const counts = new Map<number, number>()
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
  // Most are told that the channel is taken, some that the node is busy; nobody else is answered.
  const [answered, taken = 0, busy = 0] = [200, 402, 503].map(status => counts.get(status))
  assert.deepEqual([answered, taken + busy], [1, 999], JSON.stringify(Object.fromEntries(counts)))
  const next = await payer.ask(node.url, question())
  const corrected = next.status === 402 ? await payer.ask(node.url, question()) : next
  assert.equal(corrected.tail?.receipt.sequence, 3)
  assert.equal(cumulativeOf(corrected.tail), 3n * cumulativeOf(first.tail))
  assert.ok(payload)
})

/** The same payment under an id, as x402's extension puts it. */
async function payWithId(payer: Payer, body: object, id: string) {
  const { payload } = await payer.pay(node.url, body)
  const info = { required: false, id }
  const named = { ...payload, extensions: { ...payload.extensions, 'payment-identifier': { info } } }
  return payer.http.encodePaymentSignatureHeader(named)['PAYMENT-SIGNATURE'] ?? ''
}

test('a payment that is sent again under its id gets the turn that it paid for; another under that id is refused', async () => {
  const payer = world.payer('holder')
  const body = { ...question(), stream: false, temperature: 0 }
  const header = await payWithId(payer, body, 'a-payment-of-mine-1')
  const send = (of: object, payment: string) => post(node.url, of, payer.headers(node.url, body, payment))
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(body, header).then(wholeOf)))
  const again = await wholeOf(await send(body, header))
  for (const answer of answers) assert.deepEqual(answer, again)
  assert.equal(again.tail.receipt.sequence, 1)
  const other = await send({ ...body, ...question(8, 'Hello where') }, header)
  assert.deepEqual([other.status, (await other.json()).code], [409, 'payment_id_reused'])
  const stranger = world.payer('holder')
  const theirs = await payWithId(stranger, body, 'a-payment-of-mine-1')
  assert.equal(
    (await wholeOf(await send(body, theirs))).tail.receipt.sequence,
    1,
    'ids are each channel’s own',
  )
})

test('a whole answer whose caller was cut off is fetched by the same payment, and paid once', async () => {
  const payer = world.payer('holder')
  const body = { ...question(300), stream: false, temperature: 0 }
  const header = await payWithId(payer, body, 'a-payment-of-mine-2')
  const gone = new AbortController()
  const headers = { 'content-type': 'application/json', ...payer.headers(node.url, body, header) }
  const sent = { method: 'POST', headers, body: JSON.stringify(body) }
  const cut = fetch(`${node.url}/v1/chat/completions`, { ...sent, signal: gone.signal }).catch(() => null)
  setTimeout(() => gone.abort(), 100)
  await cut
  const { text, tail } = await wholeOf(await fetch(`${node.url}/v1/chat/completions`, sent))
  assert.deepEqual([tail.receipt.sequence, BigInt(tail.receipt.chargedAtomic)], [1, costOf(text)])
})

test('broken off after any number of pieces, a stream costs its fee and the bytes delivered, loses nothing, and the next turn works', async () => {
  const payer = world.payer('holder')
  const whole = await payer.ask(node.url, question(12))
  let paid = cumulativeOf(whole.tail)
  for (let pieces = 0; pieces <= whole.pieces; pieces++) {
    const begun = await beginTurn(world, payer, { url: node.url, body: question(12) })
    assert.equal(begun.response.status, 200)
    const read = await readAsked(begun.response, { stopAfter: pieces })
    // Half of them are stopped, half are left alone until their grace is over.
    const kept =
      pieces % 2 === 0
        ? await wholeOf(await askTurn(world, payer, { url: node.url, id: begun.id, action: 'stop' }))
        : await ended(payer, begun.id)
    assert.ok(kept.text.startsWith(read.text), `after ${pieces} pieces`)
    assert.equal(BigInt(kept.tail.receipt.chargedAtomic), costOf(kept.text), `after ${pieces} pieces`)
    paid += costOf(kept.text)
    assert.equal(cumulativeOf(kept.tail), paid)
    await payer.settle(begun.payload, kept.tail.paymentResponse)
  }
  assert.equal(cumulativeOf((await payer.ask(node.url, question(12))).tail), paid + costOf(whole.text))
})

/** Reads nothing more of a turn until it has ended by itself. */
async function ended(payer: Payer, id: string) {
  await new Promise(resolve => setTimeout(resolve, 450))
  return wholeOf(
    await askTurn(world, payer, {
      ...{ url: node.url, id, action: 'read' },
      headers: { accept: 'application/json' },
    }),
  )
}

test('two tabs on one channel, neither of which knows of the other’s turns, are corrected and both answered', async () => {
  const session = privateKeyToAccount(generatePrivateKey())
  const [one, other] = [world.payer('holder', session), world.payer('holder', session)]
  const cost = cumulativeOf((await one.ask(node.url, question())).tail)
  const turn = async (tab: Payer) => {
    const asked = await tab.ask(node.url, question())
    return asked.status === 402 ? tab.ask(node.url, question()) : asked
  }
  for (let turns = 2; turns < 6; turns++) {
    const asked = await turn(turns % 2 === 0 ? other : one)
    assert.deepEqual([asked.status, cumulativeOf(asked.tail)], [200, BigInt(turns) * cost])
  }
})

test('deposits that come at the same moment all stand, each in its own channel', async () => {
  const payers = Array.from({ length: 6 }, () => world.payer('holder'))
  const asked = await Promise.all(payers.map(payer => payer.ask(node.url, question())))
  assert.deepEqual(
    asked.map(({ status }) => status),
    payers.map(() => 200),
  )
  for (const { tail } of asked) {
    assert.equal((await world.channel(tail?.receipt.channelId ?? '0x')).balanceAtomic, 200_000n)
  }
})

test('a deposit that is not final yet pays for the credit and no more; final, it pays for all that is in it', async () => {
  const changes = { creditUntilFinalAtomic: '3000', finalAfterBlocks: 20, port: 0 }
  const careful = await startInferenceNode(world.config('careful', changes), { log: logNothing })
  try {
    assert.equal((await world.grant(careful.url, 'holder', work)).status, 201)
    const before = await world.balance(world.keys.accounts.holder.address)
    const large = await world.payer('holder').ask(careful.url, { ...question(), max_tokens: 9_000 })
    assert.deepEqual([large.status, large.problem?.code], [503, 'deposit_not_final'])
    assert.equal(await world.balance(world.keys.accounts.holder.address), before, 'nothing was deposited')
    const payer = world.payer('holder')
    const asked = async () => (await payer.ask(careful.url, question())).status
    assert.deepEqual([await asked(), await asked(), await asked()], [200, 200, 503])
    for (let block = 0; block < 21; block++) await world.keys.confirm()
    let last = await asked()
    for (let waited = 0; last === 503 && waited < 200; waited++) {
      await new Promise(resolve => setTimeout(resolve, 100))
      last = await asked()
    }
    assert.deepEqual([last, await asked(), await asked()], [200, 200, 200])
  } finally {
    await careful.stop()
  }
})
