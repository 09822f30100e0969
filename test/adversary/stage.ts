/** The stage of every adversary: one real market, two sealed works, a holder of each, and the hands to misbehave with. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buyWork } from '@grimoire/client/buy-work'
import { type Chat, type OpenChat, openChat } from '@grimoire/client/chat'
import { channelOnChain } from '@grimoire/client/exit-channel'
import { grantNode } from '@grimoire/client/grant-node'
import { type Market, modelOf } from '@grimoire/client/market'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { people } from '@grimoire/devnet/accounts'
import { type Devnet, startDevnet } from '@grimoire/devnet/market'
import { freePorts } from '@grimoire/devnet/ports'
import { publishSeed, type Seed, seedNamed } from '@grimoire/devnet/seeds'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Hex } from '@grimoire/schema/hex'
import { isProblem, problems } from '@grimoire/schema/problem'

export type Person = (typeof people)[keyof typeof people]
export type Work = Awaited<ReturnType<typeof publishSeed>> & { seed: Seed }
export type Stage = Awaited<ReturnType<typeof setStage>>

const MAX_DEPOSIT_ATOMIC = parseMoney('1')
const MAX_TURN_ATOMIC = parseMoney('0.05')
const MAX_COST_ATOMIC = parseMoney('15')
/** One block of the devnet and two seconds: what a seller may still see after the block of the sale. */
export const SHUT_OUT_MS = 3_000

/** The code of a refusal, or `served`: what a test compares. Anything that is no refusal of ours is thrown on. */
export const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'served',
    error => {
      if (isProblem(error)) return error.code
      throw error
    },
  )

/** The same for an answer of HTTP: status and code of its problem. */
export async function said(answer: Response): Promise<{ status: number; code: string; got: string }> {
  const text = await answer.text()
  const body = text.startsWith('{') ? (JSON.parse(text) as { code?: string; got?: string }) : {} // Safety: read as unknown texts below.
  const code = body.code !== undefined && body.code in problems ? body.code : 'none of ours'
  return { status: answer.status, code: answer.ok ? 'served' : code, got: String(body.got ?? '') }
}

/** Waits until something is so; how long that may take is part of what is promised. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean, timeoutMs = 10_000) {
  const end = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: not so after ${timeoutMs} ms`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

const publish = async (devnet: Devnet, slug: string, creator: Person): Promise<Work> => {
  const seed = seedNamed(slug)
  const { market, base, operator } = devnet
  const wallet = devnet.walletOf(creator)
  return { ...(await publishSeed(market, { wallet, seed, base, admitted: [operator.address] })), seed }
}

/** A sealed chatbot and an openable prompt are published, and Cleo holds one edition of each. */
export async function setStage() {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-adversary-'))
  const devnet = await startDevnet({ folder, ports: await freePorts() }).catch(error => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  const stop = async () => {
    await devnet.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await devnet.chain.mineAtOnce()
    const chatbot = await publish(devnet, 'captain-flint', people.bela)
    const prompt = await publish(devnet, 'slogan-smith', people.ada)
    const known = questionOf(chatbot.seed)
    const hands = handsOf(devnet, folder, known)
    for (const { workId } of [chatbot, prompt]) await hands.buy(people.cleo, workId)
    await devnet.chain.mineEverySecond()
    return { devnet, market: devnet.market, folder, chatbot, prompt, stop, ...hands, ...known }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A question that only the sealed card answers, and what its maker saw it answer at temperature 0. */
function questionOf({ slug, ask }: Seed): { question: string; answer: string } {
  for (const { user, expect } of ask) {
    if (user && /\d/.test(expect)) return { question: user, answer: expect }
  }
  throw new RangeError(`no question of ${slug} has a fact for an answer`)
}

/** What people do here; every one of these is a verb of the client. */
function handsOf(devnet: Devnet, folder: string, { question }: { question: string }) {
  const { market, operator, nodeUrl, walletOf } = devnet
  const choiceOf = (person: Person, workId: string) => ({
    ...{ workId, nodeUrl, operator: operator.address },
    wallet: walletOf(person),
  })
  return {
    buy: (person: Person, workId: string) =>
      buyWork(market, { wallet: walletOf(person), workId, maxCostAtomic: MAX_COST_ATOMIC }),
    grant: (person: Person, workId: string, at = nodeUrl) =>
      grantNode(market, { ...choiceOf(person, workId), nodeUrl: at }),
    chat: (person: Person, workId: string, options: Partial<OpenChat> & { through?: Market } = {}) => {
      const { through = market, ...rest } = options
      const caps = { maxDepositAtomic: MAX_DEPOSIT_ATOMIC, maxTurnAtomic: MAX_TURN_ATOMIC }
      return openChat(through, { ...choiceOf(person, workId), ...caps, ...rest })
    },
    /** One short turn at temperature 0. */
    ask: (chat: Chat, content = question) =>
      chat.askOnce([{ role: 'user', content }], { temperature: 0, max_tokens: 24 }),
    modelOf: (workId: string): string => modelOf(market, workId, 1),
    openWorks: async (): Promise<number> => {
      const health = (await (await fetch(`${nodeUrl}/health`)).json()) as { openWorks: number } // Safety: our own node's page.
      return health.openWorks
    },
    /** Test money is anyone's to make. */
    fund: async (person: Person) => {
      const { address } = person
      const wallet = walletOf(people.owner)
      const args = [address, MAX_COST_ATOMIC] as const
      const to = { address: market.addresses.money, abi: moneyAbi, functionName: 'mint', args } as const
      await market.publicClient.waitForTransactionReceipt({ hash: await wallet.writeContract(to) })
    },
    moneyOf: (account: Hex) =>
      market.publicClient.readContract({
        address: market.addresses.money,
        abi: moneyAbi,
        functionName: 'balanceOf',
        args: [account],
      }),
    held: (account: Hex, workId: string) =>
      market.publicClient.readContract({
        address: market.addresses.works,
        abi: worksAbi,
        functionName: 'balanceOf',
        args: [account, BigInt(workId)],
      }),
    /** What the node's own book says of a channel, read beside the node. */
    chargedInBooks: (channelId: Hex): bigint | null => {
      const state = new DatabaseSync(join(folder, 'node', 'node.sqlite'), { readOnly: true })
      const row = state.prepare('SELECT charged FROM channel WHERE id = ?').get(channelId.toLowerCase())
      state.close()
      return row ? BigInt(String(row.charged)) : null
    },
    channel: (channelId: Hex) => channelOnChain(market, { channelId }),
  }
}
