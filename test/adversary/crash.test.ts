/** A node that dies as in a power cut, between turns, in the middle of them and in the middle of a deposit, and comes back. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Chat } from '@grimoire/client/chat'
import { memoryStore } from '@grimoire/client/payment-store'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { people } from '@grimoire/devnet/accounts'
import { startService } from '@grimoire/devnet/process'
import { isProblem } from '@grimoire/schema/problem'
import { codeOf, type Stage, setStage, until } from './stage.ts'

type Node = Awaited<ReturnType<typeof startService>>

let stage: Stage
let node: Node
let chat: Chat
const store = memoryStore()
/** The sums that receipts acknowledged, by channel: what must never be lost. */
let acknowledgedAtomic = 0n

before(async () => {
  stage = await setStage()
  // The market's own node gives way to one in a process of its own, on the same port and the same state.
  await stage.devnet.node.stop()
  node = await startNode()
  await stage.grant(people.cleo, stage.chatbot.workId)
  chat = await stage.chat(people.cleo, stage.chatbot.workId, { store })
})
after(async () => {
  await node?.stop()
  await stage?.stop()
})

/** As an operator writes it: settings in one file, each key in one that only they can read. */
function configFile(): string {
  const { paymentKey, sessionKey, ...settings } = stage.devnet.config
  const folder = join(stage.folder, 'node-process')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const keyFile = (file: string, key: string) => {
    writeFileSync(join(folder, file), `${key}\n`, { mode: 0o600 })
    return { file }
  }
  const keys = {
    paymentKey: keyFile('payment.key', paymentKey),
    sessionKey: keyFile('session.key', sessionKey),
  }
  const path = join(folder, 'node.json')
  writeFileSync(path, JSON.stringify({ ...settings, claimEverySeconds: 3_600, ...keys }))
  return path
}

const startNode = (): Promise<Node> =>
  startService({
    name: 'the node',
    program: process.execPath,
    args: [join(import.meta.dirname, '../../inference-node/main.ts'), '--config', configFile()],
  })

/** A turn whose receipt came is acknowledged from then on. */
async function acknowledge(): Promise<void> {
  acknowledgedAtomic = (await stage.ask(chat)).cumulativeAtomic
}

const books = () => stage.chargedInBooks(chat.channelId) ?? -1n

/** The processes that a process started: on Linux the system lists them. */
const childrenOf = (pid: number): number[] =>
  process.platform === 'linux'
    ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    : []

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Begins long answers until one is cut off by the node's death; a model may end sooner than it was let. */
async function killInTheMiddle(): Promise<void> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const answer = chat.ask([{ role: 'user', content: 'Hello!' }], { temperature: 2, max_tokens: 300 })
    const ended = answer.result.catch(error => String(isProblem(error) ? error.code : error))
    const { done } = await answer[Symbol.asyncIterator]().next()
    assert.equal(done, false, 'it had begun to answer')
    await node.kill()
    const result = await ended
    if (typeof result === 'string' && books() === acknowledgedAtomic) return
    if (typeof result === 'string') {
      // It was over and charged, and its receipt had no time to leave: the next one accounts for it.
      node = await startNode()
      await acknowledge()
      continue
    }
    acknowledgedAtomic = result.cumulativeAtomic
    assert.equal(books(), acknowledgedAtomic)
    node = await startNode()
  }
  throw new Error('every answer was over before the node was')
}

test('a node that is killed after its answers comes back with every voucher that it acknowledged', async () => {
  for (let turn = 0; turn < 3; turn++) await acknowledge()
  await node.kill()
  assert.equal(books(), acknowledgedAtomic)
  node = await startNode()
  const before = acknowledgedAtomic
  const next = await stage.ask(chat)
  assert.equal(next.cumulativeAtomic, before + next.chargedAtomic)
  acknowledgedAtomic = next.cumulativeAtomic
  assert.equal((await chat.state()).walletSignatures, 1)
})

test('a killed node leaves no engine behind with an opened work in its memory', async () => {
  const engines = childrenOf(node.pid)
  assert.ok(engines.length > 0 || process.platform !== 'linux')
  await node.kill()
  await until('every engine is gone', () => !engines.some(isAlive))
  node = await startNode()
  await acknowledge()
})

for (const times of ['once', 'a second time'])
  test(`a node that is killed in the middle of a stream (${times}) keeps what was acknowledged, and charges nothing for the rest`, async () => {
    await killInTheMiddle()
    assert.equal(books(), acknowledgedAtomic)
    node = await startNode()
    await acknowledge()
    const { walletSignatures, chargedAtomic } = await chat.state()
    assert.equal(walletSignatures, 1)
    assert.equal(chargedAtomic, acknowledgedAtomic)
    assert.equal(books(), acknowledgedAtomic)
  })

test('the client goes on from its own store as well: a new chat of the same channel needs no wallet signature', async () => {
  const again = await stage.chat(people.cleo, stage.chatbot.workId, { store: memoryStore(store.snapshot()) })
  assert.equal(again.channelId, chat.channelId)
  const { cumulativeAtomic } = await stage.ask(again)
  assert.ok(cumulativeAtomic > acknowledgedAtomic)
  acknowledgedAtomic = cumulativeAtomic
  assert.equal((await again.state()).walletSignatures, 0)
})

test('a node that is killed in the moment in which a deposit reaches the chain loses nobody a unit of it', async () => {
  const { workId } = stage.chatbot
  await stage.buy(people.dan, workId)
  await stage.grant(people.dan, workId)
  const before = await stage.moneyOf(people.dan.address)
  const fresh = await stage.chat(people.dan, workId)
  const turn = codeOf(stage.ask(fresh))
  const deposited = async () => (await stage.channel(fresh.channelId)).balanceAtomic
  await until('deposited', async () => (await deposited()) > 0n)
  await node.kill()
  await turn
  assert.equal(before - (await stage.moneyOf(people.dan.address)), await deposited())
  node = await startNode()
  await stage.ask(fresh)
  const { chargedAtomic } = await fresh.state()
  await fresh.refund()
  assert.equal(before - (await stage.moneyOf(people.dan.address)), chargedAtomic)
})

test('after all of it the claim brings the splitter what receipts acknowledged, to the last unit', async () => {
  const { publicClient, addresses } = stage.market
  await node.stop()
  assert.equal(await node.exited, 0)
  assert.equal((await stage.channel(chat.channelId)).claimedAtomic, acknowledgedAtomic)
  assert.equal(books(), acknowledgedAtomic)
  const works = { address: addresses.works, abi: worksAbi } as const
  const args = [BigInt(stage.chatbot.workId), people.olga.address] as const
  const splitter = await publicClient.readContract({ ...works, functionName: 'splitterOf', args })
  const collected = await publicClient.getContractEvents({
    ...{ ...works, eventName: 'Collected', fromBlock: 0n, strict: true },
  })
  const divided = collected.reduce((sum, event) => sum + event.args.amountAtomic, 0n)
  const resting = await stage.moneyOf(splitter)
  assert.ok(resting <= 1n)
  assert.ok(divided + resting >= acknowledgedAtomic)
})
