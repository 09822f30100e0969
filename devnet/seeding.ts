/** Puts the shipped works on a market, each once for the base model that it runs, however often a start was interrupted. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ledgerWork } from '@grimoire/client/ledger-work'
import { type Market, modelOf } from '@grimoire/client/market'
import { acceptWork } from '@grimoire/client/operator-accept-work'
import type { Manifest } from '@grimoire/schema/manifest'
import { isProblem } from '@grimoire/schema/problem'
import { people } from './accounts.ts'
import type { Chain } from './chain.ts'
import { DEMO_MODEL_PATH, publishSeed, readSeeds, type Seed } from './seeds.ts'

export type Seeded = {
  slug: string
  title: string
  kind: string
  workId: string
  model: string
  baseSha256: string
}

type Base = Manifest['base']

async function shippedBase(): Promise<Base> {
  const digest = await crypto.subtle.digest('SHA-256', readFileSync(DEMO_MODEL_PATH))
  return { name: 'Grimoire demo', sha256: Buffer.from(digest).toString('hex') }
}

/** What the folder remembers is believed only when the chain knows it: a killed start may have lost its last blocks. */
async function remembered(market: Market, path: string): Promise<Seeded[]> {
  if (!existsSync(path)) return []
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Seeded[] // Safety: written below.
  const known = await Promise.all(
    kept.map(({ workId }) =>
      ledgerWork(market, workId).then(
        () => true,
        error => {
          if (isProblem(error, 'work_unknown')) return false
          throw error
        },
      ),
    ),
  )
  return kept.filter((_, index) => known[index])
}

/** An adapter fits the shipped weights only; everything else is minted for the model that this market runs. */
const fits = ({ adapter }: Seed, base: Base, shipped: Base): boolean =>
  !adapter || base.sha256 === shipped.sha256

/** The works that this market's node can serve. Works of another base stay on the ledger; their node is elsewhere. */
export async function seedMarket(
  market: Market,
  chain: Chain,
  { folder, base }: { folder: string; base: Base },
): Promise<Seeded[]> {
  const path = join(folder, 'seeds.json')
  const done = await remembered(market, path)
  const shipped = await shippedBase()
  const creators = [people.ada, people.bela]
  const wanted = readSeeds().filter(one => fits(one, base, shipped))
  for (const [index, one] of wanted.entries()) {
    if (done.some(({ slug, baseSha256 }) => slug === one.slug && baseSha256 === base.sha256)) continue
    const wallet = chain.walletOf(creators[index % creators.length] ?? people.ada)
    const { workId } = await publishSeed(market, { wallet, seed: one, base, admitted: [people.olga.address] })
    await acceptWork(market, { wallet: chain.walletOf(people.olga), workId })
    const { slug, title, kind } = one
    done.push({ slug, title, kind, workId, model: modelOf(market, workId), baseSha256: base.sha256 })
    writeFileSync(path, JSON.stringify(done, null, 2))
  }
  return done.filter(({ baseSha256 }) => baseSha256 === base.sha256)
}
