/** What every measurement of the path begins with: a chatbot that Cleo holds, a grant for the node, an open channel. */
import { buyWork } from '@grimoire/client/buy-work'
import { openChat } from '@grimoire/client/chat'
import { grantNode, signGrant } from '@grimoire/client/grant-node'
import { people } from '@grimoire/devnet/accounts'
import type { Devnet } from '@grimoire/devnet/market'
import { publishSeed, seedNamed } from '@grimoire/devnet/seeds'
import { parseMoney } from '@grimoire/schema/amounts'

export async function setStage(devnet: Devnet) {
  const { market, walletOf, operator, base, nodeUrl } = devnet
  const seed = seedNamed('captain-flint')
  const published = await publishSeed(market, {
    wallet: walletOf(people.ada),
    seed,
    base,
    admitted: [operator.address],
  })
  const { workId } = published
  const wallet = walletOf(people.cleo)
  const bought = await buyWork(market, { wallet, workId, quantity: 2, maxCostAtomic: parseMoney('25') })
  const choice = { workId, operator: operator.address, nodeUrl }
  const { authSig } = await signGrant(market, { ...choice, wallet })
  await grantNode(market, { ...choice, wallet })
  const chat = await openChat(market, {
    ...choice,
    wallet,
    maxDepositAtomic: parseMoney('5'),
    maxTurnAtomic: parseMoney('0.05'),
  })
  return { devnet, seed, published, bought, wallet, authSig, chat }
}

export type Stage = Awaited<ReturnType<typeof setStage>>
