/** A node that answers for one work, and those who bought it, for the tests of the conversation: all of it real. */
import { buyWork } from './buy-work.ts'
import { type Chat, openChat } from './chat.ts'
import { TERMS } from './fixture.ts'
import { promptParts, startMarket, startNode, words } from './fixture-market.ts'
import { grantNode } from './grant-node.ts'
import { memoryStore } from './payment-store.ts'
import { publishWork } from './publish-work.ts'
import type { Wallet } from './wallet.ts'

export const caps = { maxDepositAtomic: 1_000_000n, maxTurnAtomic: 50_000n }
export const ASK = [{ role: 'user', content: 'Tell me of the tower.' }] as const
export const SHORT = { max_tokens: 12, temperature: 0, seed: 1 } as const

export async function startConversation() {
  const world = await startMarket()
  const serving = await startNode(world)
  const { operator } = serving
  const creator = await world.person(0n)
  const { workId } = await publishWork(world.market, {
    wallet: creator,
    words: words(serving.base),
    terms: { ...TERMS, kind: 'prompt', editionCap: 100 },
    parts: promptParts(),
    admitted: [operator],
  })
  /** Someone who bought the work a block ago and gave the node a grant. */
  const holder = async (store = memoryStore()) => {
    const wallet = await world.person()
    await buyWork(world.market, { wallet, workId, maxCostAtomic: 5_000_000n })
    await world.testClient.mine({ blocks: 1 })
    await grantNode(world.market, { wallet, workId, operator, store })
    return wallet
  }
  const chatOf = (wallet: Wallet, rest: Partial<Parameters<typeof openChat>[1]> = {}): Promise<Chat> =>
    openChat(world.market, { wallet, workId, operator, ...caps, ...rest })
  const stop = async () => {
    await serving.node.stop()
    await world.stop()
  }
  return { world, serving, creator, workId, holder, chatOf, stop }
}
