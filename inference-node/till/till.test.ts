/** The till on a real chain with x402's own client: paid first, charged for what was delivered, and kept through a crash. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { startService } from '@grimoire/devnet/process'
import { splitUsage } from '@grimoire/schema/amounts'
import { outputHash } from '@grimoire/schema/chat'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { isProblem } from '@grimoire/schema/problem'
import { receiptTypedData } from '@grimoire/schema/receipt'
import { wrapFetchWithPayment } from '@x402/fetch'
import { recoverTypedDataAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { checkConfig, nodeConfig } from '../config.ts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { type Log, logNothing } from '../log.ts'
import { claimWithoutNode, type InferenceNode, startInferenceNode } from '../server.ts'
import { type Payer, post } from './fixture.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
let payer: Payer
const lines: Parameters<Log>[0][] = []
const PRICES = {
  turnFeeAtomic: '1000',
  inputPerMillionBytesAtomic: '10000',
  outputPerMillionBytesAtomic: '20000',
}
const question = (maxTokens = 8, content = 'Hello there') => ({
  model: work.model,
  messages: [{ role: 'user', content }],
  max_tokens: maxTokens,
})
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD, { adapter: true })
  await world.buy('holder', work)
  node = await startInferenceNode(world.config(), { log: line => lines.push(line) })
  payer = world.payer('holder')
  const granted = await world.grant(node.url, 'holder', work)
  assert.equal(granted.status, 201, await granted.text())
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

test('an unpaid request is answered 402 with the price, the splitter and the deposit, and nothing else', async () => {
  const response = await post(node.url, question(), {})
  assert.equal(response.status, 402)
  const required = payer.http.getPaymentRequiredResponse(name => response.headers.get(name))
  const [offer] = required.accepts
  const { works } = world.keys.addresses
  const args = [BigInt(work.workId), world.keys.accounts.operator.address] as const
  const splitter = await world.keys.publicClient.readContract({
    address: works,
    abi: worksAbi,
    functionName: 'splitterOf',
    args,
  })
  assert.equal(offer?.payTo, splitter)
  const most = chargeAtomic(PRICES, { inputBytes: utf8Bytes('Hello there'), outputBytes: 8 * 16 })
  assert.equal(offer?.amount, String(most))
  assert.equal((await response.json()).code, 'payment_required')
})

test('the first turn deposits before the first token; each turn charges what was delivered, by a signed receipt', async () => {
  const first = await payer.ask(node.url, question())
  assert.equal(first.status, 200, JSON.stringify(first.problem))
  assert.ok(first.text.length > 0 && first.tail)
  const { receipt, signature } = first.tail
  const charge = chargeAtomic(PRICES, {
    inputBytes: utf8Bytes('Hello there'),
    outputBytes: utf8Bytes(first.text),
  })
  assert.equal(receipt.chargedAtomic, String(charge))
  assert.equal(receipt.outputHash, outputHash(first.text))
  assert.equal(receipt.baseModelSha256, world.baseSha256)
  assert.equal(
    await recoverTypedDataAddress({ ...receiptTypedData(receipt), signature }),
    world.keys.accounts.payment.address,
  )
  const second = await payer.ask(node.url, question())
  assert.equal(second.text, first.text)
  assert.equal(second.tail?.receipt.cumulativeAtomic, String(2n * charge))
})

test('a replayed and a lowered voucher are refused with a correction, and serve nothing', async () => {
  const used = await payer.ask(node.url, question())
  const replayed = await payer.ask(node.url, question(), { header: used.header })
  assert.deepEqual([replayed.status, replayed.problem?.code], [402, 'payment_refused'])
  assert.match(replayed.problem?.got ?? '', /cumulative_amount_mismatch/)
  const { payload } = await payer.pay(node.url, { stream: true, temperature: 0, ...question() })
  const lowered = structuredClone(payload)
  const voucher = lowered.payload.voucher as { maxClaimableAmount: string }
  voucher.maxClaimableAmount = String(BigInt(voucher.maxClaimableAmount) - 1n)
  const header = payer.http.encodePaymentSignatureHeader(lowered)['PAYMENT-SIGNATURE'] ?? ''
  assert.equal((await payer.ask(node.url, question(), { header })).status, 402)
  assert.equal((await payer.ask(node.url, question())).status, 200)
})

test('a stopped answer costs what was delivered, and the channel is free for the next turn', async () => {
  const before = BigInt((await payer.ask(node.url, question())).tail?.receipt.cumulativeAtomic ?? '0')
  const stopped = await payer.ask(node.url, question(400), { stopAfter: 2 })
  assert.ok(stopped.pieces >= 2 && !stopped.tail)
  await sleep(500)
  // The client never saw that receipt; one correction tells it.
  const corrected = await payer.ask(node.url, question())
  const next = corrected.status === 402 ? await payer.ask(node.url, question()) : corrected
  assert.equal(next.status, 200, JSON.stringify(next.problem))
  const cumulative = BigInt(next.tail?.receipt.cumulativeAtomic ?? '0')
  const forStopped = cumulative - before - BigInt(next.tail?.receipt.chargedAtomic ?? '0')
  const least = chargeAtomic(PRICES, { inputBytes: 11, outputBytes: utf8Bytes(stopped.text) })
  const most = chargeAtomic(PRICES, { inputBytes: 11, outputBytes: 400 * 16 })
  assert.ok(forStopped >= least && forStopped < most, `${least} <= ${forStopped} < ${most}`)
})

test('a turn whose engine dies is free, and the channel goes on where it was', async () => {
  const before = await payer.ask(node.url, question())
  const pid = node.enginePid() ?? 0
  const died = await payer.ask(node.url, question(450), {
    onPiece: () => node.enginePid() === pid && killed(pid),
  })
  assert.equal(died.problem?.code, 'engine_failed', `${died.pieces} pieces, ${died.finishReason}`)
  // Its status was 200, and its operator hears of it all the same.
  assert.match(await metrics(), /^grimoire_refused_total\{code="engine_failed"\} 1$/m)
  assert.deepEqual(
    lines.filter(({ event }) => event === 'turn_failed').map(({ workId, code }) => [workId, code]),
    [[work.workId, 'engine_failed']],
  )
  const next = await payer.ask(node.url, question())
  assert.equal(next.status, 200, JSON.stringify(next.problem))
  const { cumulativeAtomic = '0', chargedAtomic = '0' } = next.tail?.receipt ?? {}
  assert.equal(
    BigInt(cumulativeAtomic) - BigInt(chargedAtomic),
    BigInt(before.tail?.receipt.cumulativeAtomic ?? '-1'),
  )
})

const metrics = async () => (await fetch(`${node.deskUrl}/metrics`)).text()

const killed = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already gone: a second piece was on its way.
  }
}

test('beside a node no other works from its directory, and nobody claims from it: they would take the same nonces', async () => {
  const taken = (error: unknown) => isProblem(error, 'directory_taken')
  await assert.rejects(startInferenceNode(world.config(), { log: logNothing }), taken)
  await assert.rejects(claimWithoutNode(checkConfig(nodeConfig, world.config())), taken)
})

test('two turns at once on one channel: one is answered, the other is told that the channel is busy', async () => {
  const paid = await payer.pay(node.url, { stream: true, temperature: 0, ...question(300) })
  const [a, b] = await Promise.all([
    payer.ask(node.url, question(300), { header: paid.header }),
    payer.ask(node.url, question(300), { header: paid.header }),
  ])
  assert.deepEqual([a?.status, b?.status].sort(), [200, 402])
})

test('a turn signature by the channel key is accepted, by another key refused before anything is charged', async () => {
  const fresh = world.payer('holder')
  const good = await fresh.ask(node.url, question(), {
    signTurn: message => fresh.session.signTypedData(message),
  })
  assert.equal(good.status, 200, JSON.stringify(good.problem))
  const thief = privateKeyToAccount(generatePrivateKey())
  const bad = await fresh.ask(node.url, question(), { signTurn: message => thief.signTypedData(message) })
  assert.deepEqual([bad.status, bad.problem?.code], [403, 'request_signature_invalid'])
})

test('a stranger who pays from their own channel gets no answer under another’s grant', async () => {
  const stranger = world.payer('stranger')
  await world.keys.fund('stranger', 10_000_000n, world.keys.addresses.works)
  const refused = await stranger.ask(node.url, question())
  assert.deepEqual([refused.status, refused.problem?.code], [401, 'grant_missing'])
  const granted = await (await world.grant(node.url, 'holder', work)).json()
  const named = await stranger.ask(node.url, question(), { headers: { 'grimoire-grant': granted.id } })
  assert.deepEqual([named.status, named.problem?.code], [403, 'grant_other_payer'])
})

test('npm’s own fetch wrapper pays for a whole answer, and its books agree with the node’s', async () => {
  const payer = world.payer('holder')
  const paidFetch = wrapFetchWithPayment(fetch, payer.client)
  const ask = async () => {
    const response = await paidFetch(`${node.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...payer.grantHeader(node.url, question()) },
      body: JSON.stringify({ ...question(), temperature: 0 }),
    })
    assert.equal(response.status, 200)
    return response.json()
  }
  const first = await ask()
  const second = await ask()
  assert.equal(first.choices[0].message.content, second.choices[0].message.content)
  assert.equal(
    BigInt(second.grimoire.receipt.cumulativeAtomic),
    2n * BigInt(first.grimoire.receipt.chargedAtomic),
  )
})

test('claims reach the splitter and are divided by the work’s terms, to the last unit; again there is nothing to do', async () => {
  const { addresses, publicClient, accounts } = world.keys
  const credit = (of: `0x${string}`) =>
    publicClient.readContract({
      address: addresses.works,
      abi: worksAbi,
      functionName: 'creditOf',
      args: [of],
    })
  const accrued = async () => {
    const args = [BigInt(work.workId)] as const
    const call = { address: addresses.works, abi: worksAbi, functionName: 'accruedOf', args } as const
    const [creatorAtomic] = await publicClient.readContract(call)
    return creatorAtomic
  }
  const [creator, operator] = [await accrued(), await credit(accounts.operator.address)]
  const claimed = await node.claimNow()
  assert.ok(claimed.vouchers > 0 && claimed.settled === 1 && claimed.collected === 1, JSON.stringify(claimed))
  const [collected] = await publicClient.getContractEvents({
    address: addresses.works,
    abi: worksAbi,
    eventName: 'Collected',
    fromBlock: 0n,
  })
  const amount = collected?.args.amountAtomic ?? 0n
  const split = splitUsage(amount, { usageRoyaltyBps: 3_000, protocolFeeBps: 250, parentsBps: [] })
  assert.equal((await accrued()) - creator, split.creatorAtomic)
  assert.equal((await credit(accounts.operator.address)) - operator, split.operatorAtomic)
  assert.deepEqual((await node.claimNow()).transactions, [])
})

test('a payer who leaves is claimed from at once and served no more', async () => {
  const leaving = world.payer('holder')
  const { addresses } = world.keys
  const asked = await leaving.ask(node.url, question())
  const channelId = asked.tail?.receipt.channelId ?? '0x'
  const { payload } = await leaving.pay(node.url, { stream: true, temperature: 0, ...question() })
  const config = payload.payload.channelConfig
  await world.keys.write('holder', {
    address: addresses.settlement,
    abi: settlementAbi,
    functionName: 'initiateWithdraw',
    args: [config, 1_000n],
  })
  let claimed = 0n
  for (let waited = 0; claimed === 0n && waited < 200; waited++) {
    await sleep(100)
    claimed = (await world.channel(channelId)).claimedAtomic
  }
  assert.equal(String(claimed), asked.tail?.receipt.cumulativeAtomic)
  const refused = await leaving.ask(node.url, question())
  assert.equal(refused.status, 402)
})

test('a whole refund returns the rest to the payer; a partial one and a second at once are refused', async () => {
  const leaving = world.payer('holder')
  const url = `${node.url}/v1/chat/completions?model=${encodeURIComponent(work.model)}`
  const asked = await leaving.ask(node.url, question())
  assert.equal(asked.status, 200)
  await assert.rejects(leaving.scheme.refund(url, { amount: '1' }), /partial_refund_not_offered/)
  const before = await world.balance(world.keys.accounts.holder.address)
  await leaving.scheme.refund(url)
  const back = (await world.balance(world.keys.accounts.holder.address)) - before
  assert.equal(back, 200_000n - BigInt(asked.tail?.receipt.cumulativeAtomic ?? '0'))
})

test('a node that is killed comes back with every voucher that it acknowledged', async () => {
  const command = {
    name: 'the node',
    program: process.execPath,
    args: ['inference-node/main.ts', '--config', world.configFile('killed')],
  }
  const first = await startService(command)
  const faithful = world.payer('holder')
  assert.equal((await world.grant(first.url, 'holder', work)).status, 201)
  await faithful.ask(first.url, question())
  const last = await faithful.ask(first.url, question())
  await first.kill()
  const second = await startService(command)
  // The grant was kept too: the work is opened again without the holder.
  const next = await faithful.ask(second.url, question())
  assert.equal(next.status, 200, JSON.stringify(next.problem))
  const { cumulativeAtomic, chargedAtomic } = next.tail?.receipt ?? {
    cumulativeAtomic: '0',
    chargedAtomic: '0',
  }
  assert.equal(
    BigInt(cumulativeAtomic) - BigInt(chargedAtomic),
    BigInt(last.tail?.receipt.cumulativeAtomic ?? '-1'),
  )
  await second.stop()
  assert.equal(await second.exited, 0)
})

test('a node that is stopped lets its stream finish, claims all that it is owed, and is gone', async () => {
  const last = world.payer('holder')
  await last.ask(node.url, question())
  let stopping: Promise<void> | undefined
  const streamed = await last.ask(node.url, question(200), {
    onPiece: () => {
      stopping ??= node.stop()
    },
  })
  assert.ok(streamed.tail && stopping, 'the stream was cut')
  await stopping
  const { channelId, cumulativeAtomic } = streamed.tail.receipt
  assert.equal(String((await world.channel(channelId)).claimedAtomic), cumulativeAtomic)
  await assert.rejects(fetch(`${node.url}/health`))
})
