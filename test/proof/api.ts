/**
 * Requests over every route of the edge, made from its own description by seeded chance: none gets a 500, none an answer
 * outside its schema. `npm run proof -- api [requests] [first seed]`; a fault is named with the seed that makes it again.
 */
import { hammer, letIn } from '../api/hammer.ts'
import { startApiWorld } from '../api/world.ts'
import { claim, prove } from './proof.ts'

const REQUESTS = 50_000
const FIRST_SEED = 1
const SHOWN = 20

await prove('api', async ([requests, firstSeed]) => {
  const count = Number(requests ?? REQUESTS)
  const first = Number(firstSeed ?? FIRST_SEED)
  const { world, target, strangers } = await startApiWorld()
  try {
    return [
      await claim({ name: 'requests answered as is described, none with 500', seed: first }, async () => {
        const { n, faults, byStatus, byRuntime } = await hammer(target, { first, count })
        for (const { seed, request, wrong } of faults.slice(0, SHOWN)) {
          process.stdout.write(`seed ${seed}: ${request}: ${wrong}\n`)
        }
        const statuses = Object.entries(byStatus).map(([status, times]) => `${status}x${times}`)
        return { n, failures: faults.length, statuses: statuses.join(' '), byRuntime }
      }),
      await claim({ name: 'strangers at routes that ask who one is', seed: 0 }, async () => {
        const { n, faults } = await letIn(target, strangers)
        for (const fault of faults) process.stdout.write(`let in: ${fault}\n`)
        return { n, failures: faults.length }
      }),
    ]
  } finally {
    await world.stop()
  }
})
