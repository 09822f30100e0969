/** The paid conversation against a real node: one wallet signature, vouchers after it, receipts that add up, money back. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { chargeAtomic } from '@grimoire/schema/price'
import { buyWork } from './buy-work.ts'
import { type KeptTurn, recheckReceipt } from './check-receipt.ts'
import { owedTo } from './credits.ts'
import { beginExit, channelOnChain, finishExit } from './exit-channel.ts'
import { allOf, PRICES } from './fixture.ts'
import { ASK, SHORT, startConversation } from './fixture-chat.ts'
import { refusedAs } from './fixture-refusal.ts'
import { startRelay } from './fixture-relay.ts'
import { giftEdition } from './gift-edition.ts'
import { grantNode } from './grant-node.ts'
import { splitterOf } from './ledger-work.ts'
import { moneyOf } from './money.ts'
import { collectRoyalties } from './operator-collect-royalties.ts'
import { memoryStore } from './payment-store.ts'
import { checkReceiptChain } from './receipt-chain.ts'

const { world, serving, creator, workId, holder, chatOf, stop } = await startConversation()
after(stop)

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
