/** The contracts do what the readable model does, for whatever sequence of acts fast-check invents. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Act, act, tally } from './acts.ts'
import { Channels } from './channels.ts'
import { beginning, startWorld, type World } from './fixture.ts'
import { setDeadline } from './signing.ts'
import { readChain, readModel } from './state.ts'

const SEQUENCES = Number(process.env.GRIMOIRE_SEQUENCES ?? 200)
const SEED = Number(process.env.GRIMOIRE_SEED ?? 402)
const LONGEST = 24

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

/** Plays a sequence on both sides, from the same beginning, and leaves the chain as it was. */
async function play(acts: readonly Act[]): Promise<void> {
  const snapshot = await world.rpc<string>('evm_snapshot', [])
  try {
    await setDeadline(world)
    const market = beginning()
    const channels = new Channels(market.money)
    for (const one of acts) await one.play({ market, channels, world })
    assert.deepEqual(await readChain(world), readModel(world, market, channels))
  } finally {
    await world.rpc('evm_revert', [snapshot])
  }
}

test(`${SEQUENCES} sequences of up to ${LONGEST} acts end on the contracts as on the model, refusals by name`, async () => {
  const acts = fc.array(act, { minLength: 1, maxLength: LONGEST, size: 'max' })
  const property = fc.asyncProperty(acts, play)
  await fc.assert(property, { numRuns: SEQUENCES, seed: SEED, reporter })
  for (const [name, { done }] of tally) assert.ok(done > 0, `${name} was never done, only refused`)
  console.log(
    `acts done and refused: ${[...tally].map(([name, n]) => `${name} ${n.done}/${n.refused}`).join(', ')}`,
  )
})

/** A failing sequence, act by act, in words. */
function reporter(details: fc.RunDetails<[readonly Act[]]>): void {
  if (!details.failed) return
  const acts = details.counterexample?.[0].map(({ name }) => `  ${name}`).join('\n')
  throw new Error(
    `seed ${details.seed}, after ${details.numRuns} sequences:\n${acts}\n${details.errorInstance}`,
  )
}

test('the comparison sees a unit that is missing', async () => {
  const market = beginning()
  const channels = new Channels(market.money)
  const asIs = await readChain(world)
  assert.deepEqual(asIs, readModel(world, market, channels))
  market.creatorAccrued.add('0', 1n)
  assert.notDeepEqual(asIs, readModel(world, market, channels))
})
