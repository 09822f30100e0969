/** The paid conversation against a real node: one wallet signature, vouchers after it, receipts that add up, money back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { outputHash } from '@grimoire/schema/chat'
import { chargeAtomic } from '@grimoire/schema/price'
import type { PrivateKeyAccount } from 'viem'
import { buyWork } from './buy-work.ts'
import { type Chat, openChat } from './chat.ts'
import { type KeptTurn, recheckReceipt } from './check-receipt.ts'
import { owedTo } from './credits.ts'
import { beginExit, channelOnChain, finishExit } from './exit-channel.ts'
import { allOf, PRICES, TERMS } from './fixture.ts'
import { promptParts, type SmallMarket, startMarket, startNode, words } from './fixture-market.ts'
import { refusedAs } from './fixture-refusal.ts'
import { startLossyNetwork, startRelay } from './fixture-relay.ts'
import { giftEdition } from './gift-edition.ts'
import { grantNode } from './grant-node.ts'
import { findGrant, giveGrant } from './kept-grant.ts'
import { type KeptTurn as KeptTurnUnderWay, readKeptTurn } from './kept-turn.ts'
import { splitterOf } from './ledger-work.ts'
import { moneyOf } from './money.ts'
import { collectRoyalties } from './operator-collect-royalties.ts'
import { memoryStore } from './payment-store.ts'
import { publishWork } from './publish-work.ts'
import { checkReceiptChain } from './receipt-chain.ts'
import { deriveSessionKey } from './session-key.ts'
import { setAdmitted } from './set-admitted.ts'
import type { Wallet } from './wallet.ts'

let world: SmallMarket
let serving: Awaited<ReturnType<typeof startNode>>
let creator: Wallet & { account: PrivateKeyAccount }
let workId: string
const caps = { maxDepositAtomic: 1_000_000n, maxTurnAtomic: 50_000n }
const ASK = [{ role: 'user', content: 'Tell me of the tower.' }] as const
const SHORT = { max_tokens: 12, temperature: 0, seed: 1 } as const

before(async () => {
  world = await startMarket()
  serving = await startNode(world)
  creator = await world.person(0n)
  const published = await publishWork(world.market, {
    wallet: creator,
    words: words(serving.base),
    terms: { ...TERMS, kind: 'prompt', editionCap: 100 },
    parts: promptParts(),
    admitted: [serving.operator],
  })
  workId = published.workId
})
after(async () => {
  await serving?.node.stop()
  await world?.stop()
})

/** Someone who bought the work a block ago and gave the node a grant. */
async function holder(store = memoryStore()) {
  const wallet = await world.person()
  await buyWork(world.market, { wallet, workId, maxCostAtomic: 5_000_000n })
  await world.testClient.mine({ blocks: 1 })
  await grantNode(world.market, { wallet, workId, operator: serving.operator, store })
  return wallet
}
const chatOf = (wallet: Wallet, rest: Partial<Parameters<typeof openChat>[1]> = {}): Promise<Chat> =>
  openChat(world.market, { wallet, workId, operator: serving.operator, ...caps, ...rest })

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

test('a holder signs once for the deposit and never again; each receipt is what both sides counted; the rest comes back', async () => {
  const wallet = await holder()
  const before = await moneyOf(world, wallet.account.address)
  const chat = await chatOf(wallet)
  const answer = chat.ask(ASK, SHORT)
  const texts = await allOf(answer)
  const first = await answer.result
  assert.equal(texts.join(''), first.text)
  assert.ok(first.timings.firstTokenMs <= first.timings.totalMs)
  const [second, third] = await Promise.all([chat.askOnce(ASK, SHORT), chat.askOnce(ASK, SHORT)])
  for (const turn of [first, second, third]) {
    const { inputBytes, outputBytes } = turn.receipt
    assert.equal(turn.chargedAtomic, chargeAtomic(PRICES, { inputBytes, outputBytes }))
  }
  checkReceiptChain([first, second, third].map(({ receipt }) => receipt))
  assert.deepEqual([first.receipt.sequence, second.following, third.following], [1, 'follows', 'follows'])
  const paid = first.chargedAtomic + second.chargedAtomic + third.chargedAtomic
  const state = await chat.state()
  assert.deepEqual([state.walletSignatures, state.vouchers], [1, 3])
  assert.equal(state.chargedAtomic, paid)
  assert.equal(third.cumulativeAtomic, paid)
  await chat.refund()
  assert.equal(before - (await moneyOf(world, wallet.account.address)), paid)
  const split = await collectRoyalties(world, { wallet, workId, operator: serving.operator })
  assert.equal(split.amountAtomic + split.restingAtomic, paid)
  assert.equal(split.creatorAtomic, ((paid - 1n) * 2000n) / 10_000n)
  assert.ok((await owedTo(world, { account: creator.account.address })).owedAtomic >= split.creatorAtomic)
})

test('a kept answer can be checked again at any time, and one changed byte of it, of its question or its price is found', async () => {
  const wallet = await holder()
  const chat = await chatOf(wallet, { depositAtomic: 600_000n })
  const {
    receipt,
    receiptSignature: signature,
    request,
    text: output,
    agreed,
  } = await chat.askOnce(ASK, SHORT)
  assert.equal((await chat.state()).depositedAtomic, 600_000n)
  const kept: KeptTurn = { receipt, signature, request, output, agreed }
  const check = (turn: KeptTurn) =>
    recheckReceipt(world, { holder: wallet.account.address, workId, kept: turn })
  await check(kept)
  const [first = ASK[0], ...rest] = request.messages
  const altered: KeptTurn[] = [
    { ...kept, output: `${output}.` },
    { ...kept, request: { ...request, messages: [{ ...first, content: 'Tell me of the towel.' }, ...rest] } },
    { ...kept, agreed: { ...agreed, prices: { ...agreed.prices, turnFeeAtomic: '1' } } },
    { ...kept, receipt: { ...receipt, inputTokens: receipt.inputTokens + 1 } },
  ]
  for (const turn of altered) await assert.rejects(check(turn), refusedAs('receipt_invalid'))
})

test('an answer that is stopped is paid for what was delivered at most, and the next turn recovers without the wallet', async () => {
  const wallet = await holder()
  const chat = await chatOf(wallet)
  await chat.askOnce(ASK, SHORT)
  const answer = chat.ask(ASK, { ...SHORT, max_tokens: 200 })
  for await (const _ of answer) break
  await assert.rejects(answer.result)
  await new Promise(resolve => setTimeout(resolve, 500))
  const next = await chat.askOnce(ASK, SHORT)
  assert.ok(next.receipt.outputTokens > 0)
  assert.equal((await chat.state()).walletSignatures, 1)
})

test('an answer that is ended by its reader comes with its receipt, and the next turn needs no correction', async () => {
  const chat = await chatOf(await holder())
  const answer = chat.ask(ASK, { ...SHORT, max_tokens: 400 })
  for await (const _ of answer) answer.end()
  const ended = await answer.result
  assert.ok(ended.ended && ended.receipt.outputTokens < 400, `${ended.receipt.outputTokens} tokens`)
  const next = await chat.askOnce(ASK, SHORT)
  assert.deepEqual([next.following, next.receipt.sequence], ['follows', 2])
  assert.equal((await chat.state()).vouchers, 2)
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
  const keep = (turn: KeptTurnUnderWay) => {
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

const dropText = (text: string) => {
  const chunks = text.split('\n\n')
  const dropped = chunks.findIndex(chunk => /"delta":\{"content":"[^"]/.test(chunk))
  return chunks.filter((_, index) => index !== dropped).join('\n\n')
}
const streamLies: [string, (text: string) => string][] = [
  ['swallows text that it charges for', dropText],
  [
    'names another charge than it signed',
    text => text.replace(/"chargedAtomic":"\d+"/, '"chargedAtomic":"1"'),
  ],
  ['leaves the receipt out', text => text.replace('"grimoire":{"receipt"', '"grimoise":{"receipt"')],
]

for (const [what, lie] of streamLies) {
  test(`a node that ${what} gets no further voucher`, async () => {
    const wallet = await holder()
    const relay = await startRelay(serving.node.url, lie)
    const chat = await chatOf(wallet, { nodeUrl: relay.url })
    await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('receipt_invalid'))
    await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('receipt_invalid'))
    assert.equal(relay.seen.turns, 1)
    assert.equal((await chat.state()).vouchers, 1)
    await relay.stop()
  })
}

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

test('a correction above what this side’s own account allows is taken for the overcharge that it may be', async () => {
  const wallet = await holder()
  const store = memoryStore()
  const chat = await chatOf(wallet, { store })
  await chat.askOnce(ASK, SHORT)
  const stale = memoryStore(store.snapshot())
  await chat.askOnce(ASK, SHORT)
  const other = await chatOf(wallet, { store: stale })
  await assert.rejects(other.askOnce(ASK, SHORT), refusedAs('receipt_invalid'))
})

test('a deposit beyond the holder’s cap is not signed', async () => {
  const wallet = await holder()
  await assert.rejects(chatOf(wallet, { maxDepositAtomic: 199_999n }), refusedAs('cap_reached'))
})

test('whoever gives the edition away is refused from the moment that its block is seen, and the new holder is answered', async () => {
  const wallet = await holder()
  const chat = await chatOf(wallet)
  await chat.askOnce(ASK, SHORT)
  const heir = await world.person()
  await giftEdition(world.market, { wallet, workId, to: heir.account.address })
  // The node looks at the chain twice a second: the turn before that may still be answered.
  await assert.rejects(async () => {
    for (let turns = 0; turns < 100; turns++) await chat.askOnce(ASK, SHORT)
  }, refusedAs('not_holder'))
  await world.testClient.mine({ blocks: 1 })
  await grantNode(world.market, { wallet: heir, workId, operator: serving.operator })
  await (await chatOf(heir)).askOnce(ASK, SHORT)
})

test('someone without a grant is told so, and pays nothing', async () => {
  const wallet = await world.person()
  await buyWork(world.market, { wallet, workId, maxCostAtomic: 5_000_000n })
  const before = await moneyOf(world, wallet.account.address)
  const chat = await chatOf(wallet)
  await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('grant_missing'))
  assert.equal(await moneyOf(world, wallet.account.address), before)
  assert.equal(chat.quote.payTo, splitterOf(world, { workId, operator: serving.operator }))
})

test('a holder leaves without the node’s help: after the delay all that was not charged comes back', async () => {
  const wallet = await holder()
  const before = await moneyOf(world, wallet.account.address)
  const chat = await chatOf(wallet)
  const { chargedAtomic } = await chat.askOnce(ASK, SHORT)
  await beginExit(world, { wallet, channelId: chat.channelId, config: chat.channelConfig })
  await assert.rejects(
    finishExit(world, { wallet, config: chat.channelConfig }),
    refusedAs('transaction_reverted'),
  )
  const left = await channelOnChain(world, chat)
  assert.equal(left.balanceAtomic, 200_000n)
  // Last of all: what is signed with this machine's clock would be refused by a chain that is ahead of it.
  await world.testClient.increaseTime({ seconds: 901 })
  await world.testClient.mine({ blocks: 1 })
  await finishExit(world, { wallet, config: chat.channelConfig })
  assert.ok(before - (await moneyOf(world, wallet.account.address)) <= chargedAtomic)
})
