/** What there is to lie about: works in two versions, a parent, orders in every state, operators of every kind, a proof. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buyWork } from '@grimoire/client/buy-work'
import { cancelOrders } from '@grimoire/client/cancel-orders'
import { nudgeEdge } from '@grimoire/client/edge'
import { postOffer } from '@grimoire/client/find-offers'
import { joinOperator, TERMS, TREASURY } from '@grimoire/client/fixture'
import { promptParts, startMarket, startNode, words } from '@grimoire/client/fixture-market'
import { listEdition, signListing } from '@grimoire/client/list-edition'
import { makeOffer } from '@grimoire/client/make-offer'
import { beginUnbonding } from '@grimoire/client/operator-unbond'
import { proveOpening } from '@grimoire/client/prove-opening'
import { publishVersion } from '@grimoire/client/publish-version'
import { publishWork } from '@grimoire/client/publish-work'
import type { Wallet } from '@grimoire/client/wallet'
import { deployLedger } from '@grimoire/contracts/deploy'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import type { Hex } from '@grimoire/schema/hex'
import { startMirror } from './mirror.ts'

export const PRICE_ATOMIC = 5_000_000n
export const LISTED_ATOMIC = 9_000_000n
export const OFFERED_ATOMIC = 3_210_000n
export const CAPS = { maxDepositAtomic: 1_000_000n, maxTurnAtomic: 50_000n }
export const SHORT = { max_tokens: 8, temperature: 0, seed: 1 }

export type Ground = Awaited<ReturnType<typeof layGround>>

type World = Awaited<ReturnType<typeof startMarket>>

/** A whole second ledger on the same chain, whose key network has another key: what an edge would name to rob its visitors. */
async function deployForeign({ publicClient, owner, addresses }: World) {
  const nodes = await publicClient.readContract({
    ...{ address: addresses.keyNetwork, abi: keyNetworkAbi, functionName: 'keyNodes' },
  })
  return deployLedger({
    ...{ publicClient, walletClient: owner, owner: owner.account.address, treasury: TREASURY },
    ...{ protocolFeeBps: 100, minimumBondAtomic: 1_000_000n, metadataBase: 'http://127.0.0.1:9' },
    keyNetwork: { nodes, threshold: 1, networkKey: `0x${'c7'.repeat(48)}` },
    money: addresses.money,
  })
}

async function publish(
  world: World,
  creator: Wallet,
  admitted: Hex[],
  base: ReturnType<typeof words>['base'],
) {
  const terms = { ...TERMS, kind: 'prompt', disclosure: 'openable', editionCap: 100 } as const
  const make = (title: string, parents: { workId: string; shareBps: number }[] = []) =>
    publishWork(world.market, {
      ...{ wallet: creator, terms, parts: promptParts(`---\nmodel: demo\n---\n${title}`), admitted, parents },
      words: words(base, title),
    })
  const first = await make('The tower')
  const other = await make('The well')
  const child = await make('The stair', [{ workId: first.workId, shareBps: 1_000 }])
  const tower = await publishVersion(world.market, {
    ...{ wallet: creator, workId: first.workId, parts: promptParts('---\nmodel: demo\n---\nAgain.') },
    words: { title: 'The tower, mended' },
  })
  return { first, other, child, tower }
}

/** Everything real: chain, ledger, key nodes, edge, one inference node, and a mirror that begins empty. */
export async function layGround() {
  const world = await startMarket()
  const { market } = world
  const mirror = await startMirror(join(world.folder, 'mirror'))
  const serving = await startNode(world, { mirrors: [mirror.url] })
  const [creator, holder, stranger] = [await world.person(), await world.person(), await world.person()]
  const [leaving, rogue] = [await joinOperator(world), await joinOperator(world)]
  const admitted = [serving.operator, leaving.operator]
  const works = await publish(world, creator, admitted, serving.base)
  await beginUnbonding(world, { wallet: leaving.wallet })
  const foreign = await deployForeign(world)
  const { workId } = works.tower
  await buyWork(market, { wallet: holder, workId, quantity: 3, maxCostAtomic: 3n * PRICE_ATOMIC })
  const listed = await listEdition(market, { wallet: holder, workId, priceAtomic: LISTED_ATOMIC })
  const cancelled = await signListing(market, { wallet: holder, workId, priceAtomic: LISTED_ATOMIC })
  await cancelOrders(market, { wallet: holder, nonces: [BigInt(cancelled.listing.nonce)] })
  const offered = await makeOffer(market, { wallet: stranger, workId, priceAtomic: OFFERED_ATOMIC })
  await postOffer(market, offered)
  const questions = [{ messages: [{ role: 'user', content: 'Who are you?' }], options: SHORT }] as const
  const proof = await proveOpening(market, {
    ...{ wallet: creator, workId, operator: serving.operator, questions: [...questions], ...CAPS },
  })
  await nudgeEdge(market)
  const stop = async () => {
    await serving.node.stop()
    await mirror.stop()
    await world.stop()
    rmSync(world.folder, { recursive: true, force: true })
  }
  return {
    world,
    market,
    mirror,
    serving,
    creator,
    holder,
    stranger,
    leaving,
    rogue,
    works,
    listed,
    cancelled,
    offered,
    proof,
    foreign,
    stop,
  }
}
