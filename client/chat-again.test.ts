/** A conversation over all that breaks, against a real node: lines, pages, stores and disks are lost, and each answer is paid once. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { outputHash } from '@grimoire/schema/chat'
import { buyWork } from './buy-work.ts'
import { openChat } from './chat.ts'
import { allOf } from './fixture.ts'
import { ASK, caps, SHORT, startConversation } from './fixture-chat.ts'
import { startNode } from './fixture-market.ts'
import { refusedAs } from './fixture-refusal.ts'
import { startLossyNetwork } from './fixture-relay.ts'
import { grantNode } from './grant-node.ts'
import { findGrant, giveGrant } from './kept-grant.ts'
import { type KeptTurn, readKeptTurn } from './kept-turn.ts'
import { memoryStore } from './payment-store.ts'
import { deriveSessionKey } from './session-key.ts'
import { setAdmitted } from './set-admitted.ts'
import type { Wallet } from './wallet.ts'

const { world, serving, creator, workId, holder, chatOf, stop } = await startConversation()
after(stop)

test('an answer that is lost before its first byte is asked for again by the same payment, and paid once', async () => {
  const wallet = await holder()
  const payments: string[] = []
  const losing: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const payment = new Headers(init?.headers).get('payment-signature')
    if (payment === null) return response
    payments.push(payment)
    if (payments.length > 1) return response
    await response.body?.cancel()
    throw new TypeError('fetch failed')
  }
  const market = { ...world.market, fetch: losing }
  const chat = await openChat(market, { wallet, workId, operator: serving.operator, ...caps })
  const turn = await chat.askOnce(ASK, SHORT)
  assert.equal(payments.length, 2)
  assert.equal(payments[0], payments[1])
  assert.deepEqual([turn.receipt.sequence, turn.cumulativeAtomic], [1, turn.chargedAtomic])
  assert.equal((await chat.askOnce(ASK, SHORT)).receipt.sequence, 2)
})

test('two pages on one channel: the one that finds it busy waits, and both are answered and paid once', async () => {
  const wallet = await holder()
  const store = memoryStore()
  const [one, other] = [await chatOf(wallet, { store }), await chatOf(wallet, { store })]
  await one.askOnce(ASK, SHORT)
  const long = one.ask(ASK, { ...SHORT, max_tokens: 300 })
  const { value } = await long[Symbol.asyncIterator]().next()
  assert.ok(value)
  const short = await other.askOnce(ASK, SHORT)
  assert.deepEqual([(await long.result).receipt.sequence, short.receipt.sequence], [2, 3])
})

test('an answer over a network that loses every connection comes whole, each piece once, for the one voucher', async () => {
  const wallet = await holder()
  const network = await startLossyNetwork(serving.node.url, 6)
  try {
    const chat = await chatOf(wallet, { nodeUrl: network.url })
    const answer = chat.ask(ASK, { ...SHORT, max_tokens: 40 })
    const texts = await allOf(answer)
    const { text, receipt } = await answer.result
    assert.equal(texts.join(''), text)
    assert.ok(network.seen.connections >= 2, `${network.seen.connections} connections`)
    assert.equal(receipt.sequence, 1)
    assert.deepEqual([(await chat.state()).vouchers, (await chat.state()).walletSignatures], [1, 1])
  } finally {
    await network.stop()
  }
})

/** Reads until so many pieces have come, and then is gone like a page that is reloaded: no word to the node, no end. */
async function cutOff(wallet: Wallet, store: ReturnType<typeof memoryStore>, pieces: number) {
  const gone = new AbortController()
  const cutting: typeof fetch = async (input, init) => {
    const signal = AbortSignal.any([gone.signal, ...(init?.signal ? [init.signal] : [])])
    return fetch(input, { ...init, signal })
  }
  const market = { ...world.market, fetch: cutting }
  const chat = await openChat(market, { wallet, workId, operator: serving.operator, ...caps, store })
  const notes: string[] = []
  const keep = (turn: KeptTurn) => {
    if (gone.signal.aborted) return
    notes.push(JSON.stringify(turn))
    if (notes.length >= pieces) gone.abort()
  }
  const answer = chat.ask(ASK, { ...SHORT, max_tokens: 60 }, { keep })
  await new Promise(resolve => gone.signal.addEventListener('abort', resolve))
  // What the old page would still have kept is of a page that is no more.
  const left = memoryStore(store.snapshot())
  answer.result.catch(() => undefined)
  return { kept: readKeptTurn(notes.at(-1) ?? 'null'), left }
}

for (const [when, pieces] of [
  ['before its first word', 1],
  ['in the middle', 12],
] as const) {
  test(`an answer that its page was gone from ${when} is taken up by the next: each byte once, its receipt right, charged once`, async () => {
    const wallet = await holder()
    const { kept, left } = await cutOff(wallet, memoryStore(), pieces)
    assert.ok(kept)
    assert.equal(kept.turnId === null, pieces === 1)
    const chat = await chatOf(wallet, { store: left })
    const answer = chat.takeUp(kept)
    const texts = await allOf(answer)
    const turn = await answer.result
    assert.equal(texts.join(''), turn.text)
    assert.ok(turn.text.startsWith(kept.text) && turn.text.length > kept.text.length)
    assert.equal(turn.receipt.outputHash, outputHash(turn.text))
    const { chargedAtomic, walletSignatures, vouchers } = await chat.state()
    assert.deepEqual([chargedAtomic, walletSignatures, vouchers], [turn.chargedAtomic, 0, 0])
    // Whoever comes a second time, having lost the answer, is told it again and counts nothing twice.
    assert.equal((await chat.takeUp(kept).result).text, turn.text)
    const next = await chat.askOnce(ASK, SHORT)
    assert.deepEqual([next.following, next.receipt.sequence], ['follows', 2])
  })
}

test('an answer that is taken up after a later one was accepted is read whole, counts nothing twice, and the channel goes on', async () => {
  const wallet = await holder()
  const { kept, left } = await cutOff(wallet, memoryStore(), 12)
  assert.ok(kept)
  const chat = await chatOf(wallet, { store: left })
  const later = await chat.askOnce(ASK, SHORT)
  assert.deepEqual([later.following, later.receipt.sequence], ['skips', 2])
  const before = await chat.state()
  const turn = await chat.takeUp(kept).result
  assert.deepEqual([turn.following, turn.receipt.sequence], ['late', 1])
  assert.equal(turn.receipt.outputHash, outputHash(turn.text))
  assert.equal(later.cumulativeAtomic, turn.cumulativeAtomic + later.chargedAtomic)
  assert.deepEqual(await chat.state(), before)
  assert.equal((await chat.askOnce(ASK, SHORT)).following, 'follows')
})

test('an answer that its node knows no more is refused as such, and the channel goes on', async () => {
  const wallet = await holder()
  const { kept, left } = await cutOff(wallet, memoryStore(), 12)
  assert.ok(kept)
  const chat = await chatOf(wallet, { store: left })
  const unknown = { ...kept, turnId: `turn-${'0'.repeat(32)}` }
  await assert.rejects(chat.takeUp(unknown).result, refusedAs('turn_unknown'))
  await assert.rejects(
    chat.takeUp({ ...kept, channelId: `0x${'00'.repeat(32)}` }).result,
    refusedAs('request_invalid', 'channelId'),
  )
  assert.ok((await chat.askOnce(ASK, SHORT)).receipt.outputTokens > 0)
})

test('a client that comes back with its store, or with a derived key and nothing else, pays on without a deposit', async () => {
  const wallet = await holder()
  const store = memoryStore()
  const earlier = await chatOf(wallet, { store })
  await earlier.askOnce(ASK, SHORT)
  const again = await chatOf(wallet, { store: memoryStore(JSON.parse(JSON.stringify(store.snapshot()))) })
  await again.askOnce(ASK, SHORT)
  assert.equal(again.channelId, earlier.channelId)
  assert.equal((await again.state()).walletSignatures, 0)
  const sessionKey = await deriveSessionKey(world, { wallet })
  await (await chatOf(wallet, { sessionKey })).askOnce(ASK, SHORT)
  const bare = await chatOf(wallet, { sessionKey: await deriveSessionKey(world, { wallet }) })
  await bare.askOnce(ASK, SHORT)
  assert.equal((await bare.state()).walletSignatures, 0)
})

/** A holder's store after one turn with a node, and that node after its disk was lost. */
async function afterLoss(name: string) {
  const forgetful = await startNode(world, { name })
  const { operator } = forgetful
  await setAdmitted(world.market, { wallet: creator, workId, operator, admitted: true })
  const wallet = await world.person()
  await buyWork(world.market, { wallet, workId, maxCostAtomic: 5_000_000n })
  await world.testClient.mine({ blocks: 1 })
  const store = memoryStore()
  const choice = { wallet, workId, store, operator }
  await grantNode(world.market, choice)
  await (await chatOf(wallet, choice)).askOnce(ASK, SHORT)
  await forgetful.node.stop()
  const emptied = await forgetful.startEmptied()
  return { choice: { ...choice, nodeUrl: emptied.url }, stop: () => emptied.stop() }
}

test('a node that has lost all that it kept goes on with an old channel, and the wallet is asked for nothing', async () => {
  const { choice, stop } = await afterLoss('forgetful')
  try {
    const chat = await chatOf(choice.wallet, choice)
    assert.equal((await chat.askOnce(ASK, SHORT)).following, 'restarts')
    assert.equal((await chat.askOnce(ASK, SHORT)).following, 'follows')
    assert.equal((await chat.state()).walletSignatures, 0)
  } finally {
    await stop()
  }
})

test('where somebody else was quicker to hand the old grant over, one new grant mends it', async () => {
  const { choice, stop } = await afterLoss('robbed')
  try {
    const { operator } = choice
    const kept = await findGrant(choice.store, {
      holder: choice.wallet.account.address,
      workId,
      version: 1,
      operator,
    })
    assert.ok(kept)
    assert.ok((await giveGrant(world.market, { ...kept, nodeUrl: choice.nodeUrl })).id)
    const chat = await chatOf(choice.wallet, choice)
    await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('grant_secret_missing'))
    await grantNode(world.market, choice)
    assert.equal((await chat.askOnce(ASK, SHORT)).following, 'restarts')
  } finally {
    await stop()
  }
})
