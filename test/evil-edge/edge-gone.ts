/** The market after its edge: the same purchase and the same conversation, from the chain and a folder of files alone. */
import assert from 'node:assert/strict'
import { buyWork } from '@grimoire/client/buy-work'
import { openChat } from '@grimoire/client/chat'
import { findHoldings } from '@grimoire/client/find-holdings'
import { findOperators } from '@grimoire/client/find-operators'
import { grantNode } from '@grimoire/client/grant-node'
import { createMarket } from '@grimoire/client/market'
import { readOpened } from '@grimoire/client/open-copy'
import { readWork } from '@grimoire/client/read-work'
import { isProblem } from '@grimoire/schema/problem'
import { CAPS, type Ground, PRICE_ATOMIC, SHORT } from './ground.ts'

/** Stops the edge for good. */
export async function withoutEdge({ world, market, mirror, serving, works, creator }: Ground): Promise<void> {
  // A work that the node has never seen, so that it too lives from the mirror.
  const { workId, contentHash, manifest } = works.child
  const names = [contentHash, ...manifest.parts.map(({ sha256 }) => sha256)]
  await mirror.copy(world.edge.url, names)
  await world.edge.stop()
  const { addresses, publicClient, keyNetwork } = market
  const alone = createMarket({
    ...{ addresses, publicClient, mirrors: [`${mirror.url}/v1/blobs`], timeoutMs: 3_000 },
    ...(keyNetwork ? { keyNetwork } : {}),
  })
  const wallet = await world.person()
  const holder = wallet.account.address

  const work = await readWork(alone, { workId })
  assert.deepEqual(
    [work.manifest.title, work.terms.priceAtomic, work.latestVersion],
    ['The stair', String(PRICE_ATOMIC), 1],
  )
  const [chosen] = await findOperators(alone, { workId })
  assert.equal(chosen?.operator.toLowerCase(), serving.operator.toLowerCase())

  await buyWork(alone, { wallet, workId, quantity: 2, maxCostAtomic: 2n * PRICE_ATOMIC })
  await world.testClient.mine({ blocks: 1 })
  assert.deepEqual((await findHoldings(alone, { holder })).holdings, [
    { workId, editions: 2n, openedCopies: 0n },
  ])
  await grantNode(alone, { wallet, workId, operator: chosen.operator })
  const chat = await openChat(alone, { wallet, workId, operator: chosen.operator, ...CAPS })
  const turn = await chat.askOnce([{ role: 'user', content: 'Who goes there?' }], SHORT)
  assert.ok(turn.text.length > 0 && turn.chargedAtomic > 0n)
  const opened = await readOpened(alone, { wallet: creator, workId })
  assert.match(opened.text, /The stair/)
  assert.deepEqual([...new Set(mirror.asked)].sort(), [...names].sort())

  // A market that still believes in the edge gets there too: it asks, waits, and goes on.
  const hopeful = { ...alone, edgeUrl: world.edge.url }
  assert.equal((await readWork(hopeful, { workId })).trade, null)
  await assert.rejects(readWork({ ...alone, mirrors: [] }, { workId }), error =>
    isProblem(error, 'part_missing'),
  )
}
