/** What somebody who names another’s account may move at a node: no work, no deposit, and no refund out of its time. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { zeroAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import type { Log } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { Payer } from './fixture.ts'

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
  for (const options of [{}, { header }]) {
    const refused = await thief().ask(node.url, question(), options)
    assert.deepEqual([refused.status, refused.problem?.code], [402, 'payment_refused'])
  }
  assert.equal(opened(), 0)
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
  const headers = { 'content-type': 'application/json', 'payment-signature': header }
  const sent = { method: 'POST', headers, body: JSON.stringify(body), signal }
  const pid = node.enginePid() ?? 0
  process.kill(pid, 'SIGSTOP') // The answer takes longer than its caller waits.
  await assert.rejects(fetch(`${node.url}/v1/chat/completions`, sent))
  process.kill(pid, 'SIGCONT')
  await new Promise(resolve => setTimeout(resolve, 500))
  const next = await payer.ask(node.url, question())
  const { cumulativeAtomic = '0', chargedAtomic = '0' } = next.tail?.receipt ?? {}
  const left = BigInt(cumulativeAtomic) - BigInt(chargedAtomic)
  assert.equal(left, BigInt(before.tail?.receipt.cumulativeAtomic ?? '-1'), JSON.stringify(next.problem))
})
