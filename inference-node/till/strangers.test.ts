/** What somebody who names another’s account may move at a node: no work, no deposit, and no refund out of its time. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { requestHash, turnTypedData } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import type { PaymentPayload } from '@x402/core/types'
import { zeroAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { type Log, logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { Payer, post } from './fixture.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
const lines: Parameters<Log>[0][] = []
const question = (content = 'Hello') => ({
  model: work.model,
  messages: [{ role: 'user', content }],
  max_tokens: 4,
})
const opened = () => lines.filter(({ event }) => event === 'work_opened').length
const balance = () => world.balance(world.keys.accounts.holder.address)
const probeUrl = () => `${node.url}/v1/chat/completions?model=${encodeURIComponent(work.model)}`

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD, { adapter: true })
  await world.buy('holder', work)
  node = await startInferenceNode(world.config(), { log: line => lines.push(line) })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

/** Pays in the holder's name, with a key of the stranger's own for the vouchers. */
function thief(): Payer {
  const { accounts } = world.keys
  const own = privateKeyToAccount(generatePrivateKey())
  const wallet = { address: accounts.holder.address, signTypedData: own.signTypedData }
  return new Payer(world.keys, wallet, own)
}

test('whoever only names a holder opens no cold work, by a deposit or by a voucher of their own', async () => {
  const { payload } = await thief().pay(node.url, { stream: true, temperature: 0, ...question() })
  const { channelConfig, voucher } = payload.payload
  const bare = { ...payload, payload: { type: 'voucher', channelConfig, voucher } }
  const header = thief().http.encodePaymentSignatureHeader(bare)['PAYMENT-SIGNATURE'] ?? ''
  const signer = thief()
  const deposit = await signer.ask(node.url, question(), {
    signTurn: message => signer.session.signTypedData(message),
  })
  assert.deepEqual([deposit.status, deposit.problem?.code], [402, 'payment_refused'])
  const own = await thief().ask(node.url, question(), { header })
  assert.deepEqual([own.status, own.problem?.code], [401, 'grant_secret_missing'])
  assert.equal(opened(), 0)
  // A refused voucher is no caller who only heard the price.
  const metrics = await (await fetch(`${node.deskUrl}/metrics`)).text()
  const counted = [...metrics.matchAll(/^grimoire_refused_total\{code="(\w+)"\} (\d+)$/gm)]
  assert.deepEqual(
    counted.map(([, code, times]) => [code, Number(times)]),
    [
      ['payment_required', 2],
      ['payment_refused', 1],
      ['grant_secret_missing', 1],
    ],
  )
})

/** The parts of x402's payload that say which channel pays. */
type Channel = { channelConfig: Record<string, unknown>; voucher: { channelId: Hex } }
const stranger = privateKeyToAccount(generatePrivateKey())

function signTurn({ signTypedData }: typeof stranger, channelId: Hex, body: object): Promise<Hex> {
  const { chainId, addresses } = world.keys
  const message = { channelId, requestHash: requestHash(body) }
  return signTypedData(turnTypedData(message, chainId, addresses.works))
}

/** The text of a 402's terms: whatever of a channel somebody is told stands in there. */
const termsOf = (response: Response) =>
  Buffer.from(response.headers.get('PAYMENT-REQUIRED') ?? '', 'base64').toString()

test('a holder’s own last voucher, and a channel that is public, buy a stranger nothing, and the voucher is told to nobody', async () => {
  const payer = world.payer('holder')
  const first = await payer.ask(node.url, question())
  const { payload } = await payer.pay(node.url, { stream: true, temperature: 0, ...question() })
  const encoded = (payment: PaymentPayload['payload']) =>
    payer.http.encodePaymentSignatureHeader({ ...payload, payload: payment })['PAYMENT-SIGNATURE'] ?? ''
  const { channelConfig, voucher } = payload.payload as Channel
  const junk = { ...voucher, maxClaimableAmount: '1', signature: `0x${'22'.repeat(65)}` }
  for (const payment of ['voucher', 'refund']) {
    const header = encoded({ type: payment, channelConfig, voucher: junk })
    const answers = await Promise.all([
      post(node.url, question(), { 'payment-signature': header }),
      post(node.url, question(), payer.headers(node.url, question(), header)),
      fetch(probeUrl(), { headers: { 'payment-signature': header } }),
    ])
    for (const answer of answers) {
      assert.ok(answer.status >= 400)
      assert.doesNotMatch(termsOf(answer), /voucherState|channelState|signedMaxClaimable/)
    }
  }
  // The voucher is public once it is claimed; so is the deposit, which says what the channel is.
  const stolen = await post(node.url, question(), {
    'payment-signature': encoded({ type: 'voucher', channelConfig, voucher }),
  })
  const { code, expected } = await stolen.json()
  assert.deepEqual([stolen.status, code], [401, 'grant_secret_missing'])
  assert.match(expected, /grimoire-grant/)
  const itsKey = { ...channelConfig, payerAuthorizer: stranger.address }
  const signed = await post(node.url, question(), {
    'payment-signature': encoded({ type: 'voucher', channelConfig: itsKey, voucher }),
    'grimoire-turn-signature': await signTurn(stranger, voucher.channelId, question()),
  })
  assert.deepEqual([signed.status, (await signed.json()).code], [403, 'request_signature_invalid'])
  assert.equal(first.status, 200)
})

test('a channel that was filled elsewhere, as anybody can in a holder’s name, needs the grant; its key alone will not do', async () => {
  const payer = world.payer('holder')
  await payer.ask(node.url, question())
  const other = await startInferenceNode(world.config('elsewhere'), { log: logNothing })
  try {
    assert.equal((await world.grant(other.url, 'holder', work)).status, 201)
    const { header, payload } = await payer.pay(node.url, question())
    const { channelId } = (payload.payload as Channel).voucher
    const keyed = await post(other.url, question(), {
      'payment-signature': header,
      'grimoire-turn-signature': await signTurn(payer.session, channelId, question()),
    })
    assert.deepEqual([keyed.status, (await keyed.json()).code], [401, 'grant_secret_missing'])
    const granted = await post(other.url, question(), payer.headers(other.url, question(), header))
    assert.equal(granted.status, 200, await granted.text())
  } finally {
    await other.stop()
  }
})

test('whoever brings the channel’s own voucher is still corrected by where the channel stands', async () => {
  const payer = world.payer('holder')
  const { header } = await payer.ask(node.url, question())
  const replayed = await post(node.url, question(), payer.headers(node.url, question(), header))
  assert.equal(replayed.status, 402)
  assert.match(termsOf(replayed), /signedMaxClaimable/)
})

test('a channel whose vouchers the payer itself would sign is refused: a contract may change its mind', async () => {
  const payer = world.payer('holder')
  const { payload } = await payer.pay(node.url, { stream: true, temperature: 0, ...question() })
  const changed = structuredClone(payload)
  Object.assign(changed.payload.channelConfig ?? {}, { payerAuthorizer: zeroAddress })
  const header = payer.http.encodePaymentSignatureHeader(changed)['PAYMENT-SIGNATURE'] ?? ''
  const refused = await payer.ask(node.url, question(), { header })
  assert.match(refused.problem?.got ?? '', /payer_authorizer_required/)
})

test('a turn that cannot run deposits nothing and holds no channel', async () => {
  const before = await balance()
  const payer = world.payer('holder')
  const refused = await payer.ask(node.url, question('far too long '.repeat(200)))
  assert.equal(refused.problem?.code, 'prompt_too_long')
  assert.equal(await balance(), before)
  assert.equal((await payer.ask(node.url, question())).status, 200)
})

test('GET takes no deposit', async () => {
  const before = await balance()
  const payer = world.payer('holder')
  const { header } = await payer.pay(node.url, { stream: true, temperature: 0, ...question() })
  const refused = await fetch(probeUrl(), { headers: { 'payment-signature': header } })
  assert.deepEqual([refused.status, (await refused.json()).code], [405, 'method_not_allowed'])
  assert.equal(await balance(), before)
})

test('a refund that a stranger asks for in a payer’s name does not put off the payer’s own', async () => {
  const payer = world.payer('holder')
  const asked = await payer.ask(node.url, question())
  const maxClaimableAmount = asked.tail?.receipt.cumulativeAtomic
  assert.ok(maxClaimableAmount)
  const { payload } = await payer.pay(node.url, { stream: true, temperature: 0, ...question() })
  const { channelConfig, voucher } = structuredClone(payload.payload) as {
    channelConfig: object
    voucher: object
  }
  const forged = {
    type: 'refund',
    channelConfig,
    voucher: { ...voucher, maxClaimableAmount, signature: `0x${'22'.repeat(65)}` },
  }
  const header = payer.http.encodePaymentSignatureHeader({ ...payload, payload: forged })['PAYMENT-SIGNATURE']
  const refused = await fetch(probeUrl(), { headers: { 'payment-signature': header ?? '' } })
  assert.equal(refused.status, 402)
  const before = await balance()
  await payer.scheme.refund(probeUrl())
  assert.ok((await balance()) > before)
})

test('whoever leaves before a whole answer was sent pays nothing for it', async () => {
  const payer = world.payer('holder')
  const before = await payer.ask(node.url, question())
  const body = { ...question('Hello there'), max_tokens: 450, temperature: 0 }
  const { header } = await payer.pay(node.url, body)
  const signal = AbortSignal.timeout(100)
  const headers = { 'content-type': 'application/json', ...payer.headers(node.url, body, header) }
  const sent = { method: 'POST', headers, body: JSON.stringify(body), signal }
  const pid = node.enginePid() ?? 0
  process.kill(pid, 'SIGSTOP') // The answer takes longer than its caller waits.
  await assert.rejects(fetch(`${node.url}/v1/chat/completions`, sent))
  process.kill(pid, 'SIGCONT')
  let next = await payer.ask(node.url, question())
  for (const until = Date.now() + 30_000; !next.tail && Date.now() < until; ) {
    await new Promise(resolve => setTimeout(resolve, 100)) // Until the node has let the channel go.
    next = await payer.ask(node.url, question())
  }
  const { cumulativeAtomic = '0', chargedAtomic = '0' } = next.tail?.receipt ?? {}
  const left = BigInt(cumulativeAtomic) - BigInt(chargedAtomic)
  assert.equal(left, BigInt(before.tail?.receipt.cumulativeAtomic ?? '-1'), JSON.stringify(next.problem))
})
