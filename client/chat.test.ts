/** The paid conversation against a real node: one wallet signature, vouchers after it, receipts that add up, money back. */
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { chargeAtomic } from '@grimoire/schema/price'
import { isProblem, type ProblemCode } from '@grimoire/schema/problem'
import type { PrivateKeyAccount } from 'viem'
import { buyWork } from './buy-work.ts'
import { type Chat, openChat } from './chat.ts'
import { type KeptTurn, recheckReceipt } from './check-receipt.ts'
import { owedTo } from './credits.ts'
import { beginExit, channelOnChain, finishExit } from './exit-channel.ts'
import { allOf, bodyOf, PRICES, serveHttp, TERMS } from './fixture.ts'
import { promptParts, type SmallMarket, startMarket, startNode, words } from './fixture-market.ts'
import { giftEdition } from './gift-edition.ts'
import { grantNode } from './grant-node.ts'
import { splitterOf } from './ledger-work.ts'
import { moneyOf } from './money.ts'
import { collectRoyalties } from './operator-collect-royalties.ts'
import { memoryStore } from './payment-store.ts'
import { publishWork } from './publish-work.ts'
import { deriveSessionKey } from './session-key.ts'
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

const refusedAs = (code: ProblemCode) => (error: unknown) => {
  assert.ok(isProblem(error, code), `expected ${code}, got ${error}`)
  return true
}

/** Someone who bought the work a block ago and gave the node a grant. */
async function holder() {
  const wallet = await world.person()
  await buyWork(world.market, { wallet, workId, maxCostAtomic: 5_000_000n })
  await world.testClient.mine({ blocks: 1 })
  await grantNode(world.market, { wallet, workId, operator: serving.operator })
  return wallet
}
const chatOf = (wallet: Wallet, rest: Partial<Parameters<typeof openChat>[1]> = {}): Promise<Chat> =>
  openChat(world.market, { wallet, workId, operator: serving.operator, ...caps, ...rest })

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
  assert.ok(next.text.length >= 0)
  assert.equal((await chat.state()).walletSignatures, 1)
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

/** The real node behind a server that alters its streams, and counts what is asked of it. */
async function startRelay(alter: (text: string) => string) {
  const seen = { turns: 0 }
  const relay = async (request: IncomingMessage, response: ServerResponse) => {
    const paid = request.headers['payment-signature'] !== undefined
    if (paid) seen.turns += 1
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
    const answer = await fetch(serving.node.url + request.url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>, // Safety: none of ours is sent twice.
      ...(request.method === 'POST' ? { body: await bodyOf(request) } : {}),
    })
    const text = await answer.text()
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(paid && answer.ok ? alter(text) : text)
  }
  return { ...(await serveHttp((request, response) => void relay(request, response))), seen }
}

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
  ['leaves the receipt out', text => text.replace('"grimoire":', '"grimoise":')],
]

for (const [what, lie] of streamLies) {
  test(`a node that ${what} gets no further voucher`, async () => {
    const wallet = await holder()
    const relay = await startRelay(lie)
    const chat = await chatOf(wallet, { nodeUrl: relay.url })
    await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('receipt_invalid'))
    await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('receipt_invalid'))
    assert.equal(relay.seen.turns, 1)
    assert.equal((await chat.state()).vouchers, 1)
    await relay.stop()
  })
}

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

test('whoever gives the edition away is refused at the next turn, and the new holder is answered', async () => {
  const wallet = await holder()
  const chat = await chatOf(wallet)
  await chat.askOnce(ASK, SHORT)
  const heir = await world.person()
  await giftEdition(world.market, { wallet, workId, to: heir.account.address })
  await assert.rejects(chat.askOnce(ASK, SHORT), refusedAs('not_holder'))
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
