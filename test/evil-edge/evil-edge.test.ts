/** An edge that lies: each lie is caught, does no harm, or is named in docs/threats.md as one that nobody can catch. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findOpenings } from '@grimoire/client/check-opening'
import { findListings } from '@grimoire/client/find-listings'
import { findOffers } from '@grimoire/client/find-offers'
import { findOperators } from '@grimoire/client/find-operators'
import { findWorks } from '@grimoire/client/find-works'
import { isProblem } from '@grimoire/schema/problem'
import { type Between, startProxy } from '../adversary/proxy.ts'
import { liesAboutActivity } from './about-activity.ts'
import { liesAboutLedger } from './about-ledger.ts'
import { liesAboutOperators } from './about-operators.ts'
import { liesAboutOrders } from './about-orders.ts'
import { liesAboutWorks } from './about-works.ts'
import { withoutEdge } from './edge-gone.ts'
import { type Ground, layGround } from './ground.ts'
import type { Lie, Tells } from './lie.ts'

const LEAST_LIES = 60
const threats = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'threats.md'), 'utf8')

let ground: Ground
let liar: Between
let tells: Tells = passing => passing
/** How often an answer left the edge and did not arrive as it was. */
let told = 0

before(async () => {
  ground = await layGround()
  liar = await startProxy(ground.world.edge.url, honest => {
    const passing = tells({ ...honest, headers: new Headers(honest.headers) })
    if (passing.body !== honest.body) told += 1
    return passing
  })
})
after(async () => {
  await liar?.stop()
  await ground?.stop()
})

async function judge({ name, does, outcome }: Lie): Promise<void> {
  const market = { ...ground.market, edgeUrl: liar.url }
  if ('caught' in outcome) {
    const { caught: code } = outcome
    await assert.rejects(does(market), error => isProblem(error, code), `${name}: not refused as ${code}`)
  } else if ('named' in outcome) {
    assert.ok(threats.includes(outcome.named), `${name}: docs/threats.md does not say "${outcome.named}"`)
    outcome.shows(await does(market))
  } else {
    outcome.harmless(await does(market))
  }
}

test('an honest edge is believed: what the lies are about is there to be found', async () => {
  const { workId } = ground.works.tower
  const market = { ...ground.market, edgeUrl: liar.url }
  const found = await Promise.all([
    findListings(market, { workId }),
    findOffers(market, { workId }),
    findOpenings(market, { workId, version: 2 }),
    findOperators(market, { workId }),
  ])
  assert.deepEqual(
    found.map(({ length }) => length),
    [1, 1, 1, 1],
  )
  assert.equal((await findWorks(market)).works.length, 3)
})

test('every lie is caught, does no harm, or is named as one that cannot be caught', async t => {
  const lies = [
    ...(await liesAboutWorks(ground)),
    ...(await liesAboutOrders(ground)),
    ...liesAboutOperators(ground),
    ...liesAboutLedger(ground),
    ...liesAboutActivity(ground),
  ]
  assert.equal(new Set(lies.map(({ name }) => name)).size, lies.length)
  assert.ok(lies.length >= LEAST_LIES)
  for (const lie of lies) {
    const [kind] = Object.keys(lie.outcome)
    await t.test(`${lie.name}: ${kind}`, async () => {
      tells = lie.tells
      told = 0
      await judge(lie)
      assert.ok(told > 0, `${lie.name}: the edge never came to say it`)
    })
  }
  tells = passing => passing
})

test('with the edge gone, one buys, grants and chats from the chain and a folder of files', () =>
  withoutEdge(ground))
