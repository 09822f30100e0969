/** Has the market's node prove that it opens the seeded works: each but the last, so that a page shows both kinds. */
import { findOpenings } from '@grimoire/client/check-opening'
import { ledgerWork } from '@grimoire/client/ledger-work'
import type { Market } from '@grimoire/client/market'
import { type ProveOpening, proveOpening } from '@grimoire/client/prove-opening'
import { parseMoney } from '@grimoire/schema/amounts'
import { people } from './accounts.ts'
import type { Chain } from './chain.ts'
import type { Seeded } from './seeding.ts'
import { readSeeds, type Seed } from './seeds.ts'

const CAPS = { maxDepositAtomic: parseMoney('0.2'), maxTurnAtomic: parseMoney('0.05') }

/** Its maker's own first question. */
function questionOf({ ask: [first] }: Seed): ProveOpening['questions'] {
  const content = first?.user ?? ''
  const options = {
    ...{ temperature: 0, max_tokens: 48 },
    ...(first?.input ? { grimoire: { input: first.input } } : {}),
  }
  return [{ messages: [{ role: 'user', content }], options }]
}

/** An edge that was begun anew has no proofs: a start makes those that are missing, whatever the chain already holds. */
export async function proveSeeds(
  market: Market,
  chain: Chain,
  { seeded, nodeUrl }: { seeded: readonly Seeded[]; nodeUrl: string },
): Promise<number> {
  const seeds = new Map(readSeeds().map(seed => [seed.slug, seed]))
  const proven = await Promise.all(
    seeded.slice(0, -1).map(async ({ slug, workId }) => {
      const seed = seeds.get(slug)
      if (!seed) return false
      const known = await findOpenings(market, { workId, version: 1 })
      if (known.length > 0) return true
      const { creator } = await ledgerWork(market, workId)
      const account = [people.ada, people.bela].find(({ address }) => address === creator) ?? people.ada
      await proveOpening(market, {
        ...{ workId, nodeUrl, version: 1, operator: people.olga.address, wallet: chain.walletOf(account) },
        ...{ ...CAPS, questions: questionOf(seed) },
      })
      return true
    }),
  )
  return proven.filter(Boolean).length
}
