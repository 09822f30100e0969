/** What a chat stands on: the checked work, a machine that serves it, its signed quote, and what this device keeps. */
import { holds } from '@grimoire/client/ledger-work'
import { readQuote } from '@grimoire/client/read-quote'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { openVault, within } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { conversationsOf } from './history.ts'
import { ledgerName } from './line.ts'
import type { Place } from './room.ts'

type Hands = Awaited<ReturnType<typeof hands>>

/** The first machine whose quote is right, in the order of the directory, or the reason of the last that was not. */
async function findMachine({ market, reading }: Hands, workId: string, wanted?: Hex) {
  const operators = await reading.findOperators(market, { workId })
  let refusal: unknown = new Problem('not_bonded', { got: '0 nodes serve this work now' })
  for (const { operator } of operators.filter(one => !wanted || one.operator === wanted)) {
    try {
      return await readQuote(market, { workId, operator })
    } catch (error) {
      refusal = error
    }
  }
  throw refusal
}

export const chatPlace = (session: Session | null, workId: string) =>
  queryOptions({
    queryKey: ['chat', session?.address, workId],
    enabled: session !== null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    queryFn: async () => {
      if (!session) throw new Problem('wallet_refused', { got: 'no wallet' })
      const known = await hands()
      const { market, reading } = known
      const [work, held] = await Promise.all([
        reading.readWork(market, { workId }),
        holds(market, { workId, holder: session.address }),
      ])
      if (!held) return { work, place: null }
      const [checked, vault, name] = await Promise.all([
        findMachine(known, workId),
        openVault(),
        ledgerName(market),
      ])
      const place: Place = {
        ...{ market, session, workId, checked },
        kind: work.terms.kind,
        baseModelSha256: work.manifest.base.sha256,
        vault: within(vault, `${name}:`),
      }
      return { work, place, before: await conversationsOf(place) }
    },
  })
