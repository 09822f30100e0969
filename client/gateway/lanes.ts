/** Channels to one operator for one work: each answers one turn at a time, a busy one is joined by another while lanes are left. */
import { address, bytes32, type Hex, workIdText } from '@grimoire/schema/hex'
import { z } from 'zod'
import { type Chat, openChat } from '../chat.ts'
import { inOrder, type Queue } from '../in-order.ts'
import type { Market } from '../market.ts'
import { storedSessionKey } from '../payment-store.ts'
import type { CheckedQuote } from '../read-quote.ts'
import type { GatewayContext, GatewayStore } from './context.ts'
import type { HeldWork } from './shelf.ts'

export type Lane = {
  waiting: number
  queue: Queue
  /** The chat of this channel with this version, opened when it is first needed. */
  chat(work: HeldWork, quoted: CheckedQuote): Promise<Chat>
  /** Opened anew at the next turn: with fresh terms, and with room for another deposit. */
  reopen(): void
}

/** The first lane has the key that `openChat` itself would take, so that an imported channel is used. */
export const payeeOf = ({ addresses }: Market, holder: Hex, payTo: Hex, lane = 0): string => {
  const payee = `${addresses.chainId}:${holder}:${payTo}`
  return lane === 0 ? payee : `${payee}#${lane}`
}

export const keptLane = z.object({
  workId: workIdText,
  version: z.number().int().min(1),
  operator: address,
  nodeUrl: z.string(),
  lane: z.number().int().min(0),
  channelId: bytes32,
  config: z.object({
    payer: address,
    payerAuthorizer: address,
    receiver: address,
    receiverAuthorizer: address,
    token: address,
    withdrawDelay: z.number().int(),
    salt: bytes32,
  }),
})
export type KeptLane = z.infer<typeof keptLane>

const PREFIX = 'lane:'
/** What it takes to leave a channel when its node is gone. */
export const keepLane = (store: GatewayStore, lane: KeptLane): Promise<void> =>
  store.set(PREFIX + lane.channelId.toLowerCase(), JSON.stringify(lane))

export async function keptLanes(store: GatewayStore): Promise<KeptLane[]> {
  return (await store.list(PREFIX)).map(([, text]) => keptLane.parse(JSON.parse(text)))
}

export async function openLaneChat(
  context: GatewayContext,
  { work, quoted, lane }: { work: Pick<HeldWork, 'base'>; quoted: CheckedQuote; lane: number },
): Promise<Chat> {
  const { market, wallet, store, limits } = context
  const { workId, version, operator, payTo } = quoted.quote
  const float = limits.maxDepositAtomic
  const options = {
    ...{ wallet, store, workId, version, operator, nodeUrl: quoted.nodeUrl },
    maxTurnAtomic: limits.maxTurnAtomic,
    answerTimeoutMs: limits.answerTimeoutMs,
    sessionKey: await storedSessionKey(store, payeeOf(market, wallet.account.address, payTo, lane)),
    ...(work.base?.version === version ? { baseModelSha256: work.base.sha256 } : {}),
  }
  const chat = await openChat(market, { ...options, maxDepositAtomic: float })
  const { channelId, channelConfig: config, nodeUrl } = chat
  await keepLane(store, { workId, version, operator, nodeUrl, lane, channelId, config })
  // A channel's deposits are counted from its beginning, the limit here from what has been charged.
  const { chargedAtomic } = await chat.state()
  return chargedAtomic === 0n
    ? chat
    : openChat(market, { ...options, maxDepositAtomic: chargedAtomic + float })
}

export type Lanes = ReturnType<typeof openLanes>

export function openLanes(context: GatewayContext) {
  const pools = new Map<string, Lane[]>()
  const makeLane = (lane: number): Lane => {
    const opened = new Map<number, Promise<Chat>>()
    return {
      waiting: 0,
      queue: inOrder(),
      chat: (work, quoted) => {
        const { version } = quoted.quote
        const chat =
          opened.get(version) ??
          openLaneChat(context, { work, quoted, lane }).catch(error => {
            opened.delete(version)
            throw error
          })
        opened.set(version, chat)
        return chat
      },
      reopen: () => opened.clear(),
    }
  }
  return {
    /** The one with the shortest queue. All versions of a work are paid out of one channel, and so wait in one queue. */
    laneFor({ quote }: CheckedQuote): Lane {
      const key = quote.payTo.toLowerCase()
      const pool = pools.get(key) ?? []
      pools.set(key, pool)
      const [shortest] = [...pool].sort((a, b) => a.waiting - b.waiting)
      if (shortest && (shortest.waiting === 0 || pool.length >= context.limits.lanes)) return shortest
      const lane = makeLane(pool.length)
      pool.push(lane)
      return lane
    },
    /** Lets the turns under way end; later ones are refused. */
    async close(): Promise<void> {
      const lanes = [...pools.values()].flat()
      await Promise.all(lanes.map(({ queue }) => queue(async () => undefined)))
    },
  }
}
