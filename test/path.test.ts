/** The path with every real part: each step asserted on the chain and in the stream, by other means than the code that took it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { people } from '@grimoire/devnet/accounts'
import { type Devnet, startDevnet } from '@grimoire/devnet/market'
import { walkPath } from '@grimoire/devnet/path'
import { freePorts } from '@grimoire/devnet/ports'
import { createSteps } from '@grimoire/devnet/steps'
import { splitSale, splitUsage } from '@grimoire/schema/amounts'
import { outputHash } from '@grimoire/schema/chat'
import { utf8Bytes } from '@grimoire/schema/price'
import { isProblem } from '@grimoire/schema/problem'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-path-'))
let devnet: Devnet
let walk: Awaited<ReturnType<typeof walkPath>>

before(async () => {
  devnet = await startDevnet({ folder, ports: await freePorts() })
  walk = await walkPath({ devnet, steps: createSteps(() => {}) })
})
after(async () => {
  await devnet?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const works = () => ({ address: devnet.addresses.works, abi: worksAbi }) as const
const held = (holder: `0x${string}`, workId: string) =>
  devnet.chain.publicClient.readContract({
    ...works(),
    functionName: 'balanceOf',
    args: [holder, BigInt(workId)],
  })

test('what was minted names the manifest that the edge serves, under its hash', async () => {
  for (const { workId, contentHash, manifest } of [walk.prompt, walk.chatbot]) {
    const onChain = await devnet.chain.publicClient.readContract({
      ...works(),
      functionName: 'contentHashOf',
      args: [BigInt(workId), 1],
    })
    assert.equal(onChain, `0x${contentHash}`)
    const response = await fetch(`${devnet.edge.url}/v1/blobs/${contentHash}`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    assert.equal(digest, contentHash)
    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)), JSON.parse(JSON.stringify(manifest)))
  }
})

test('a search finds the chatbot by its words', () => {
  assert.ok(walk.found.works.some(work => work.workId === walk.chatbot.workId))
})

test('an opened copy is the prompt as its creator wrote it, and burns the edition that could be traded', async () => {
  assert.equal(walk.openedPromptMatches, true)
  assert.equal(await held(people.cleo.address, walk.prompt.workId), 0n)
  const opened = await devnet.chain.publicClient.readContract({
    ...works(),
    functionName: 'openedCopies',
    args: [BigInt(walk.prompt.workId), people.cleo.address],
  })
  assert.equal(opened, 1n)
})

test('the stream came in pieces, and they are what the receipt signs', () => {
  for (const { deltas, text, receipt } of walk.turns) {
    assert.ok(deltas.length > 1, `got ${deltas.length} delta for "${text}"`)
    assert.equal(deltas.join(''), text)
    assert.equal(receipt.outputHash, outputHash(text))
    assert.equal(receipt.outputBytes, utf8Bytes(text))
    assert.equal(receipt.baseModelSha256, devnet.base.sha256)
  }
})

test('the sealed facts decide the answers, in the adapter’s voice', () => {
  const expected = walk.chatbotSeed.ask.flatMap(({ user, expect }) => (user ? [expect] : []))
  for (const [index, { text }] of walk.turns.entries()) {
    const wanted = expected[index] ?? ''
    assert.ok(wanted && text.includes(wanted), `got "${text}", expected "${wanted}" in it`)
  }
})

test('the wallet signs a grant and a deposit for the whole conversation, a session key one voucher for each answer', () => {
  assert.equal(walk.walletSignatures, 2)
  assert.equal(walk.state.walletSignatures, 1)
  assert.equal(walk.state.vouchers, walk.turns.length)
  const charged = walk.turns.reduce((sum, turn) => sum + turn.chargedAtomic, 0n)
  assert.equal(walk.state.chargedAtomic, charged)
})

test('what was charged is what the settlement paid to the splitter, and the split adds up to the last unit', async () => {
  const { earned, state, chatbot } = walk
  const splitter = await devnet.chain.publicClient.readContract({
    ...works(),
    functionName: 'splitterOf',
    args: [BigInt(chatbot.workId), people.olga.address],
  })
  const [claimed] = await devnet.chain.publicClient
    .readContract({
      address: devnet.addresses.settlement,
      abi: settlementAbi,
      functionName: 'channels',
      args: [walk.chat.channelId],
    })
    .then(([, totalClaimed]) => [totalClaimed])
  assert.equal(claimed, state.chargedAtomic)
  const resting = await devnet.chain.publicClient.readContract({
    address: devnet.addresses.money,
    abi: moneyAbi,
    functionName: 'balanceOf',
    args: [splitter],
  })
  assert.ok(earned.restingAtomic <= 1n)
  assert.ok(resting <= 1n)
  const { creatorAtomic, parentsAtomic, operatorAtomic, protocolAtomic, amountAtomic } = earned
  assert.equal(creatorAtomic + parentsAtomic + operatorAtomic + protocolAtomic, amountAtomic)
  assert.equal(amountAtomic + earned.restingAtomic, state.chargedAtomic)
  const expected = splitUsage(amountAtomic, {
    usageRoyaltyBps: 2_000,
    protocolFeeBps: 250,
    parentsBps: [1_500],
  })
  assert.deepEqual(
    { creatorAtomic, parentsAtomic, operatorAtomic, protocolAtomic },
    {
      creatorAtomic: expected.creatorAtomic,
      parentsAtomic: expected.parentsTotalAtomic,
      operatorAtomic: expected.operatorAtomic,
      protocolAtomic: expected.protocolAtomic,
    },
  )
  assert.ok(creatorAtomic > 0n && parentsAtomic > 0n)
})

test('the resale paid the creator’s royalty and moved the edition', async () => {
  const { sold, chatbot } = walk
  const expected = splitSale(sold.costAtomic, { resaleRoyaltyBps: 750, protocolFeeBps: 250 })
  assert.equal(sold.royaltyAtomic, expected.royaltyAtomic)
  assert.equal(sold.feeAtomic, expected.feeAtomic)
  assert.equal(await held(people.cleo.address, chatbot.workId), 0n)
  assert.equal(await held(people.dan.address, chatbot.workId), 1n)
})

test('the seller is refused and the buyer is answered', () => {
  assert.ok(isProblem(walk.refusal, 'not_holder'), String(walk.refusal))
  assert.ok(walk.answered.text.length > 0)
})

test('the operator undertook to serve the chatbot, so that it is not stranded while she is active', async () => {
  const { publicClient } = devnet.chain
  const admissions = { address: devnet.addresses.admissions, abi: admissionsAbi } as const
  const workId = BigInt(walk.chatbot.workId)
  const [acceptedAt, strandedSince, { timestamp }] = await Promise.all([
    publicClient.readContract({
      ...admissions,
      functionName: 'acceptedAtSeconds',
      args: [workId, people.olga.address],
    }),
    publicClient.readContract({ ...admissions, functionName: 'strandedSinceSeconds', args: [workId] }),
    publicClient.getBlock(),
  ])
  assert.ok(acceptedAt > 0n)
  assert.ok(strandedSince + 10n > timestamp, `stranded since ${strandedSince}, now ${timestamp}`)
})

test('the ledger holds exactly what it owes: credit, and what its works have accrued', async () => {
  const { publicClient } = devnet.chain
  const credit = (account: `0x${string}`) =>
    publicClient.readContract({ ...works(), functionName: 'creditOf', args: [account] })
  const accrued = await Promise.all(
    [walk.prompt, walk.chatbot].map(({ workId }) =>
      publicClient.readContract({ ...works(), functionName: 'accruedOf', args: [BigInt(workId)] }),
    ),
  )
  const owed = await Promise.all(
    [people.ada, people.bela, people.olga, people.treasury, people.cleo, people.dan].map(({ address }) =>
      credit(address),
    ),
  )
  const balance = await publicClient.readContract({
    address: devnet.addresses.money,
    abi: moneyAbi,
    functionName: 'balanceOf',
    args: [devnet.addresses.works],
  })
  assert.equal(
    [...owed, ...accrued.flat()].reduce((sum, one) => sum + one, 0n),
    balance,
  )
})
