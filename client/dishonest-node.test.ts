/** A node that lies about where, how much or by whom it is paid gets no signature: real HTTP, real chain, real x402 headers. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Hex } from '@grimoire/schema/hex'
import type { ProblemCode } from '@grimoire/schema/problem'
import { AT_RISK, GAS, type Quote, quoteTypedData } from '@grimoire/schema/quote'
import { encodePaymentRequiredHeader } from '@x402/core/http'
import type { PaymentRequirements } from '@x402/core/types'
import type { PrivateKeyAccount } from 'viem'
import { openChat } from './chat.ts'
import { createBareWork, joinOperator, PRICES, serveHttp, startWorld, type World } from './fixture.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { splitterOf } from './ledger-work.ts'
import { beginUnbonding } from './operator-unbond.ts'
import { readQuote } from './read-quote.ts'
import type { Wallet } from './wallet.ts'

const ELSEWHERE: Hex = '0x00000000000000000000000000000000000000ee'

let world: World
let operator: Awaited<ReturnType<typeof joinOperator>>
let holder: Wallet & { account: PrivateKeyAccount }
let workId: string
let truth: Quote

before(async () => {
  world = await startWorld()
  operator = await joinOperator(world)
  holder = await world.person()
  workId = await createBareWork(world, await world.person(0n), { admitted: [operator.operator] })
  const { chainId, works, money } = world.addresses
  truth = {
    chainId,
    works,
    workId,
    version: 1,
    operator: operator.operator,
    sessionKey: operator.sessionKey,
    payTo: splitterOf(world, { workId, operator: operator.operator }),
    asset: money,
    prices: PRICES,
    minDepositAtomic: '100000',
    withdrawDelaySeconds: 900,
    refundEverySeconds: 60,
    gas: GAS,
    atRisk: AT_RISK,
    creditUntilFinalAtomic: '200000',
    finalAfterBlocks: 12,
    warm: true,
    contextTokens: 512,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 600,
  }
})
after(() => world?.stop())

const offer = (lie: Partial<PaymentRequirements> = {}): PaymentRequirements => ({
  scheme: 'batch-settlement',
  network: `eip155:${truth.chainId}`,
  asset: truth.asset,
  amount: '1',
  payTo: truth.payTo,
  maxTimeoutSeconds: 300,
  ...lie,
  extra: {
    name: 'Test Dollar',
    version: '1',
    receiverAuthorizer: operator.payment.address,
    withdrawDelay: 900,
    minDeposit: '100000',
    ...lie.extra,
  },
})

/** A node whose quote and payment terms are what the test says; `paid` counts the payments that reached it. */
async function startNode(lies: {
  quote?: Partial<Quote>
  signer?: PrivateKeyAccount
  offer?: PaymentRequirements
}) {
  const quote = { ...truth, ...lies.quote }
  const signature = await (lies.signer ?? operator.payment).signTypedData(quoteTypedData(quote))
  const seen = { paid: 0 }
  const server = await serveHttp((request, response) => {
    if (request.headers['payment-signature']) seen.paid += 1
    if (request.url?.startsWith('/v1/quotes')) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ quote, signature }))
      return
    }
    const required = { x402Version: 2, resource: { url: 'http://node' }, accepts: [lies.offer ?? offer()] }
    response.writeHead(402, { 'PAYMENT-REQUIRED': encodePaymentRequiredHeader(required) })
    response.end('{}')
  })
  return { ...server, seen }
}

const caps = { maxDepositAtomic: 1_000_000n, maxTurnAtomic: 10_000n }

const quoteLies: [string, { quote?: Partial<Quote>; signer?: 'stranger' }, ProblemCode, string?][] = [
  ['names another payee than the splitter', { quote: { payTo: ELSEWHERE } }, 'pay_to_mismatch'],
  ['is signed by someone else', { signer: 'stranger' }, 'quote_invalid', 'signature'],
  ['is for another ledger', { quote: { works: ELSEWHERE } }, 'quote_invalid', 'works'],
  ['is for another chain', { quote: { chainId: 1 } }, 'quote_invalid', 'chainId'],
  ['is in other money', { quote: { asset: ELSEWHERE } }, 'quote_invalid', 'asset'],
  ['is for another version', { quote: { version: 2 } }, 'quote_invalid', 'version'],
  [
    'names another session key',
    { quote: { sessionKey: `0x${'77'.repeat(32)}` } },
    'quote_invalid',
    'sessionKey',
  ],
  ['has ended', { quote: { expiresAtSeconds: 1 } }, 'quote_invalid', 'expiresAtSeconds'],
  [
    'is above the creator’s ceiling',
    { quote: { prices: { ...PRICES, turnFeeAtomic: '501' } } },
    'price_above_ceiling',
  ],
  [
    'asks for a larger deposit than the holder allows',
    { quote: { minDepositAtomic: '1000001' } },
    'cap_reached',
  ],
]

for (const [what, lie, code, param] of quoteLies) {
  test(`a quote that ${what} is refused before anything is signed`, async () => {
    const signer = lie.signer ? (await world.person(0n)).account : operator.payment
    const node = await startNode({ ...(lie.quote ? { quote: lie.quote } : {}), signer })
    const { wallet, asked } = watched(holder)
    try {
      await assert.rejects(
        openChat(world.market(), { wallet, workId, nodeUrl: node.url, ...caps }),
        refusedAs(code, param),
      )
      assert.deepEqual([asked.signatures, node.seen.paid], [0, 0])
    } finally {
      await node.stop()
    }
  })
}

const offerLies: [string, Partial<PaymentRequirements>, ProblemCode, string?][] = [
  ['to be paid elsewhere', { payTo: ELSEWHERE }, 'pay_to_mismatch'],
  ['for other money', { asset: ELSEWHERE }, 'payment_refused', 'asset'],
  ['for more than its quote says', { amount: '9999' }, 'payment_refused', 'amount'],
  ['for another scheme', { scheme: 'exact' }, 'payment_refused', 'accepts'],
  ['for another chain', { network: 'eip155:1' }, 'payment_refused', 'accepts'],
  [
    'under another authorizer',
    { extra: { receiverAuthorizer: ELSEWHERE } },
    'payment_refused',
    'receiverAuthorizer',
  ],
  ['with another withdrawal delay', { extra: { withdrawDelay: 86_400 } }, 'payment_refused', 'withdrawDelay'],
  [
    'for a larger deposit than its quote says',
    { extra: { minDeposit: '100001' } },
    'payment_refused',
    'minDeposit',
  ],
  [
    'for a Permit2 approval',
    { extra: { assetTransferMethod: 'permit2' } },
    'payment_refused',
    'assetTransferMethod',
  ],
]

for (const [what, lie, code, param] of offerLies) {
  test(`a node that asks ${what} in its 402 gets neither a wallet signature nor a voucher`, async () => {
    const node = await startNode({ offer: offer(lie) })
    const { wallet, asked } = watched(holder)
    try {
      const chat = await openChat(world.market(), { wallet, workId, nodeUrl: node.url, ...caps })
      const turn = chat.askOnce([{ role: 'user', content: 'hello' }], { max_tokens: 8 })
      await assert.rejects(turn, refusedAs(code, param))
      const { vouchers, walletSignatures } = await chat.state()
      assert.deepEqual([asked.signatures, walletSignatures, vouchers, node.seen.paid], [0, 0, 0, 0])
      if (code === 'pay_to_mismatch') await assert.rejects(chat.refund(), refusedAs(code))
    } finally {
      await node.stop()
    }
  })
}

test('a turn that could cost more than the holder’s cap is refused before it is sent', async () => {
  const node = await startNode({})
  const chat = await openChat(world.market(), {
    wallet: holder,
    workId,
    nodeUrl: node.url,
    maxDepositAtomic: 1_000_000n,
    maxTurnAtomic: 200n,
  })
  await assert.rejects(chat.askOnce([{ role: 'user', content: 'hello' }]), refusedAs('cap_reached'))
  await node.stop()
})

test('a quote of an operator who is not admitted, or not bonded, is refused', async () => {
  const node = await startNode({})
  const market = world.market()
  const closed = await createBareWork(world, await world.person(0n))
  const stray = await startNode({
    quote: { workId: closed, payTo: splitterOf(world, { workId: closed, operator: operator.operator }) },
  })
  await assert.rejects(readQuote(market, { workId: closed, nodeUrl: stray.url }), refusedAs('not_admitted'))
  await beginUnbonding(world.ledger, { wallet: operator.wallet })
  await assert.rejects(readQuote(market, { workId, nodeUrl: node.url }), refusedAs('not_bonded'))
  await Promise.all([node.stop(), stray.stop()])
})
