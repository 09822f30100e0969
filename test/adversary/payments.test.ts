/** Payments that are replayed, lowered, borrowed, bent aside or made for elsewhere: nothing is served and nothing is moved. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Chat } from '@grimoire/client/chat'
import type { Market } from '@grimoire/client/market'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { people } from '@grimoire/devnet/accounts'
import { requestHash, TURN_SIGNATURE_HEADER, turnTypedData } from '@grimoire/schema/chat'
import { GRANT_HEADER } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import {
  decodePaymentRequiredHeader,
  decodePaymentSignatureHeader,
  encodePaymentRequiredHeader,
  encodePaymentSignatureHeader,
} from '@x402/core/http'
import type { PaymentPayload } from '@x402/core/types'
import { toClientEvmSigner } from '@x402/evm'
import { signVoucher } from '@x402/evm/batch-settlement/client'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { type Passing, startProxy, textOf, withText } from './proxy.ts'
import { codeOf, type Stage, said, setStage } from './stage.ts'

const PAID_HEADER = 'payment-signature'
const ELSEWHERE: Hex = '0x00000000000000000000000000000000000000ee'

let stage: Stage
let chat: Chat
let grantId: string
let paid: Paid
const sessionKey = generatePrivateKey()
const session = privateKeyToAccount(sessionKey)
const thief = privateKeyToAccount(generatePrivateKey())

/** A paid request as it left the client. */
type Paid = { url: string; headers: Headers; body: string }

/** The market as the client knows it, with every paid request seen and, where wanted, its headers changed. */
function watched(alter: (headers: Headers) => void = () => {}): { market: Market; seen: Paid[] } {
  const seen: Paid[] = []
  const watchedFetch: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    if (headers.has(PAID_HEADER)) {
      alter(headers)
      seen.push({ url: String(input), headers, body: String(init?.body) })
    }
    return fetch(input, { ...init, headers })
  }
  return { market: { ...stage.market, fetch: watchedFetch }, seen }
}

before(async () => {
  stage = await setStage()
  grantId = (await stage.grant(people.cleo, stage.chatbot.workId)).id ?? ''
  const { market, seen } = watched()
  chat = await stage.chat(people.cleo, stage.chatbot.workId, { through: market, sessionKey })
  await stage.ask(chat)
  await stage.ask(chat)
  const [last] = seen.slice(-1)
  assert.ok(last)
  paid = last
})
after(() => stage?.stop())

type Voucher = { channelId: Hex; maxClaimableAmount: string; signature: Hex }
// Safety (both): x402's own payload, read as x402 wrote it.
const payloadOf = ({ headers }: Paid): PaymentPayload =>
  decodePaymentSignatureHeader(headers.get(PAID_HEADER) ?? '')
const voucherOf = (payload: PaymentPayload) => payload.payload.voucher as Voucher

type Tampered = {
  body?: string
  turnSigner?: PrivateKeyAccount
  turnBody?: string
  payload?: PaymentPayload
  headers?: Record<string, string>
}

/** Sends the paid request once more, with what was tampered with; the turn is signed anew unless that is the point. */
async function send({ body = paid.body, turnBody = body, ...tampered }: Tampered = {}) {
  const { chainId, works } = stage.market.addresses
  const { turnSigner = session, payload = payloadOf(paid) } = tampered
  const turn = { channelId: chat.channelId, requestHash: requestHash(JSON.parse(turnBody)) }
  const headers = new Headers({ ...Object.fromEntries(paid.headers), ...tampered.headers })
  headers.set(PAID_HEADER, encodePaymentSignatureHeader(payload))
  headers.set(TURN_SIGNATURE_HEADER, await turnSigner.signTypedData(turnTypedData(turn, chainId, works)))
  return said(await fetch(paid.url, { method: 'POST', headers, body }))
}

/** The voucher that the payer would sign next, changed in its sum, its signer or its chain, and properly signed. */
async function voucher(changes: { sum?: bigint; signer?: PrivateKeyAccount; network?: string } = {}) {
  const payload = structuredClone(payloadOf(paid))
  const { signer = session, network = payload.accepted.network } = changes
  const sum = changes.sum ?? (await nextSum())
  const signed = await signVoucher(
    toClientEvmSigner(signer as never), // Safety: viem's accounts sign what x402's type of a signer states loosely.
    chat.channelId,
    String(sum),
    network,
  )
  Object.assign(payload.payload, { voucher: signed })
  // Another payment under the id of the first is refused for that alone; a stock client names none.
  delete payload.extensions
  return payload
}

const nextSum = async () => (await chat.state()).chargedAtomic + BigInt(payloadOf(paid).accepted.amount)
/** Of the same length as the one that was paid: then nothing but the voucher is wrong. */
const otherQuestion = () => {
  const content = 'x'.repeat(stage.question.length)
  return JSON.stringify({ ...JSON.parse(paid.body), messages: [{ role: 'user', content }] })
}

/** Runs what an adversary does, and finds the node's book, the chain and the payer's purse as they were. */
async function movesNothing(run: () => Promise<void>): Promise<void> {
  const books = async () => [
    stage.chargedInBooks(chat.channelId),
    await stage.channel(chat.channelId),
    await stage.moneyOf(people.cleo.address),
  ]
  const before = await books()
  await run()
  assert.deepEqual(await books(), before)
}

/** Refused with 402, for this reason and no other. */
async function refusedFor(reason: RegExp, tampered: Tampered): Promise<void> {
  const { status, code, got } = await send(tampered)
  assert.deepEqual([status, code], [402, 'payment_refused'])
  assert.match(got, reason)
}

test('a replayed voucher is refused, with the same question or another, and serves nothing', () =>
  movesNothing(async () => {
    const { extensions: _, ...unnamed } = payloadOf(paid)
    for (const body of [paid.body, otherQuestion()]) {
      await refusedFor(/cumulative_amount_mismatch$/, { body, payload: unnamed })
    }
  }))

test('a payment that is sent again under its id brings the answer that it paid for, and no other', () =>
  movesNothing(async () => {
    assert.equal((await send()).code, 'served')
    const other = await send({ body: otherQuestion() })
    assert.deepEqual([other.status, other.code], [409, 'payment_id_reused'])
  }))

test('a lowered voucher is refused, whether signed anew for less or altered after it was signed', () =>
  movesNothing(async () => {
    const { chargedAtomic } = await chat.state()
    for (const sum of [(await nextSum()) - 1n, chargedAtomic + 1n, chargedAtomic, 1n]) {
      await refusedFor(/cumulative_amount_mismatch$/, { payload: await voucher({ sum }) })
    }
    const altered = await voucher({ sum: (await nextSum()) - 1n })
    Object.assign(voucherOf(altered), { maxClaimableAmount: String(await nextSum()) })
    await refusedFor(/voucher_signature/, { payload: altered })
  }))

test('a voucher of another chain, or by another key than the channel’s, is refused', () =>
  movesNothing(async () => {
    await refusedFor(/voucher_signature/, { payload: await voucher({ network: 'eip155:1' }) })
    await refusedFor(/voucher_signature/, { payload: await voucher({ signer: thief }) })
    const elsewhere = await voucher({ network: 'eip155:1' })
    elsewhere.accepted.network = 'eip155:1'
    await refusedFor(/No matching payment requirements/, { payload: elsewhere })
    const renamed = JSON.parse(paid.body)
    renamed.model = renamed.model.replace(/^grimoire:\d+:/, 'grimoire:1:')
    const named = await send({ body: JSON.stringify(renamed), payload: await voucher() })
    assert.deepEqual([named.status, named.code], [400, 'chain_wrong'])
  }))

test('a request whose turn signature is not the channel key’s, or is for another request, is refused', () =>
  movesNothing(async () => {
    const payload = await voucher()
    const other = otherQuestion()
    const attempts: Tampered[] = [
      { turnSigner: thief },
      { turnSigner: people.cleo as never },
      { body: other, turnBody: paid.body },
    ]
    for (const attempt of attempts) {
      const { status, code } = await send({ payload, ...attempt })
      assert.deepEqual([status, code], [403, 'request_signature_invalid'])
    }
  }))

test('a stranger who pays from their own channel gets nothing under another’s grant, and keeps their money', () =>
  movesNothing(async () => {
    await stage.fund(people.stranger)
    const before = await stage.moneyOf(people.stranger.address)
    const { workId } = stage.chatbot
    for (const [id, code] of [
      [grantId, 'grant_other_payer'],
      ['0'.repeat(32), 'grant_missing'],
    ] as const) {
      const { market, seen } = watched(headers => headers.set(GRANT_HEADER, id))
      const strange = await stage.chat(people.stranger, workId, { through: market })
      assert.equal(await codeOf(stage.ask(strange)), code)
      assert.equal(seen.length, 1, 'it did pay')
      assert.deepEqual(await stage.channel(strange.channelId), { balanceAtomic: 0n, claimedAtomic: 0n })
    }
    assert.equal(await stage.moneyOf(people.stranger.address), before)
  }))

/** A wallet that counts whatever it is asked to sign. */
function counting() {
  const wallet = stage.devnet.walletOf(people.dan)
  const asked = { signatures: 0 }
  const counted = <T extends (...given: never[]) => unknown>(sign: T): T =>
    ((...given: Parameters<T>) => {
      asked.signatures += 1
      return sign(...given)
    }) as T // Safety: the same function, counted.
  const signTypedData = counted(wallet.signTypedData)
  const signMessage = counted(wallet.signMessage)
  return { asked, wallet: { ...wallet, signTypedData, signMessage } }
}

const bentQuote = (passing: Passing): Passing =>
  passing.path.startsWith('/v1/quotes')
    ? withText(passing, textOf(passing).replace(/"payTo":"0x[0-9a-fA-F]{40}"/, `"payTo":"${ELSEWHERE}"`))
    : passing

function bentOffer(passing: Passing): Passing {
  const header = passing.headers.get('PAYMENT-REQUIRED')
  if (header === null) return passing
  const required = decodePaymentRequiredHeader(header)
  const accepts = required.accepts.map(offer => ({ ...offer, payTo: ELSEWHERE }))
  passing.headers.set('PAYMENT-REQUIRED', encodePaymentRequiredHeader({ ...required, accepts }))
  return passing
}

for (const [what, bend] of [
  ['quote', bentQuote],
  ['402', bentOffer],
] as const) {
  test(`a payTo in the ${what} that is not the splitter gets neither a wallet signature nor a voucher`, async () => {
    const { workId } = stage.chatbot
    const proxy = await startProxy(stage.devnet.nodeUrl, bend)
    const { asked, wallet } = counting()
    const before = await stage.moneyOf(people.dan.address)
    try {
      const attempt = stage.chat(people.dan, workId, { nodeUrl: proxy.url, wallet }).then(async bent => {
        await assert.rejects(stage.ask(bent), { code: 'pay_to_mismatch' })
        const { walletSignatures, vouchers } = await bent.state()
        assert.deepEqual([walletSignatures, vouchers], [0, 0])
        return stage.ask(bent)
      })
      assert.equal(await codeOf(attempt), 'pay_to_mismatch')
      assert.equal(asked.signatures, 0)
      assert.ok(proxy.asked.length > 0 && proxy.asked.every(({ headers }) => !headers.has(PAID_HEADER)))
      assert.equal(await stage.moneyOf(people.dan.address), before)
    } finally {
      await proxy.stop()
    }
  })
}

test('a payTo that changes in the middle of a conversation gets no further voucher', async () => {
  const { workId } = stage.chatbot
  let bending = false
  const refuse = (passing: Passing): Passing => {
    const { path, headers } = passing
    return bending && path.endsWith('/completions')
      ? bentOffer({ ...passing, status: 402, headers })
      : passing
  }
  const proxy = await startProxy(stage.devnet.nodeUrl, refuse)
  try {
    await stage.buy(people.dan, workId)
    await stage.grant(people.dan, workId)
    const bent = await stage.chat(people.dan, workId, { nodeUrl: proxy.url, wallet: counting().wallet })
    await stage.ask(bent)
    bending = true
    await assert.rejects(stage.ask(bent))
    const { vouchers, walletSignatures, chargedAtomic } = await bent.state()
    assert.deepEqual([vouchers, walletSignatures], [2, 1])
    assert.ok(proxy.asked.filter(({ headers }) => headers.has(PAID_HEADER)).length <= 3)
    assert.ok(chargedAtomic > 0n)
    bending = false
    await stage.devnet.claim()
    const { claimedAtomic } = await stage.channel(bent.channelId)
    assert.ok(claimedAtomic <= chargedAtomic * 2n, 'no more than the turn at risk')
  } finally {
    await proxy.stop()
  }
})

test('after all of that the conversation goes on with the one wallet signature, and all that was charged reaches the splitter', async () => {
  await stage.ask(chat)
  const { walletSignatures, chargedAtomic } = await chat.state()
  assert.equal(walletSignatures, 1)
  assert.equal(stage.chargedInBooks(chat.channelId), chargedAtomic)
  const { publicClient, addresses } = stage.market
  const fromBlock = await publicClient.getBlockNumber()
  await stage.devnet.claim()
  assert.equal((await stage.channel(chat.channelId)).claimedAtomic, chargedAtomic)
  const collected = await publicClient.getContractEvents({
    ...{ address: addresses.works, abi: worksAbi, eventName: 'Collected', fromBlock, strict: true },
  })
  assert.ok(collected.every(({ args }) => args.workId === BigInt(stage.chatbot.workId)))
})

test('one voucher sent many times at once is served once', async () => {
  const payload = await voucher()
  const answers = await Promise.all(Array.from({ length: 4 }, () => send({ payload })))
  const codes = answers.map(({ code }) => code).sort()
  assert.deepEqual(codes, ['payment_refused', 'payment_refused', 'payment_refused', 'served'])
})
