/** `npm run proof -- canaries [--turns 500]`: what is left of works and chats on disk, in logs and in memory after the last grant. */
import { parseArgs } from 'node:util'
import { COLLECTED, searchForCanaries, sum } from '../adversary/canaries.ts'
import { type ProofRow, prove } from './proof.ts'

await prove('canaries', async args => {
  const { values } = parseArgs({ args: [...args], options: { turns: { type: 'string', default: '500' } } })
  const startedMs = performance.now()
  const { planted, turns, refused, live, after } = await searchForCanaries(Number(values.turns))
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  const row = (name: string, found: Record<string, number>): ProofRow => ({
    ...{ name, n: planted, failures: sum(found), seconds, seed: 0 },
    ...found,
  })
  const { [COLLECTED]: collected = {}, ...promised } = after
  process.stdout.write(
    `${planted} canaries, ${turns} turns, ${refused} refused; before the grants end ${live.heap} in the node's heap, ` +
      `${live.engine ?? 'unknown'} in the engine. Not promised: ${sum(collected)} in the node's freed memory.\n`,
  )
  return Object.entries(promised).map(([place, found]) => row(`nothing in: ${place}`, found))
})
