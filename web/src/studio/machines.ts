/** The machines of the market as a maker sees them: who runs them, which base models, how many free trials a day. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import type { NodeHealth } from '@grimoire/schema/node'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'

/** `health` is null where a machine does not answer this browser. */
export type Machine = { operator: OperatorRecord; health: NodeHealth | null }

export const machines = queryOptions({
  queryKey: ['machines'],
  staleTime: 30_000,
  queryFn: async (): Promise<Machine[]> => {
    const [{ market, reading }, { mayReach }, { readNodeHealth }] = await Promise.all([
      hands(),
      import('@grimoire/client/insecure-node'),
      import('@grimoire/client/node-health'),
    ])
    const operators = await reading.findOperators(market)
    return Promise.all(
      operators
        .filter(({ active }) => active)
        .map(async operator => {
          const { endpoint } = operator
          const health = mayReach(endpoint) ? await readNodeHealth(market, endpoint).catch(() => null) : null
          return { operator, health }
        }),
    )
  },
})

/** Every base model that some machine runs now, by its weights. */
export function basesOf(found: readonly Machine[]): { name: string; sha256: string }[] {
  const bases = new Map<string, string>()
  for (const { health } of found)
    for (const { name, sha256, alive } of health?.bases ?? []) if (alive) bases.set(sha256, name)
  return Array.from(bases, ([sha256, name]) => ({ sha256, name }))
}

export const marketFee = queryOptions({
  queryKey: ['market-fee'],
  queryFn: async () => {
    const { market, reading } = await hands()
    return reading.protocolFeeBps(market)
  },
})
