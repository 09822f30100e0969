/** Twenty works with an adapter each on one base: what going from one to the next costs, and what each takes in memory. */
import { readFileSync } from 'node:fs'
import type { Engine } from '@grimoire/inference-node/engine/engine'
import { randomAdapter } from '@grimoire/inference-node/engine/random-gguf'
import { median, type Row, row } from '../row.ts'
import { engineArm, engineTurn, type Turn } from './arms.ts'
import { someText, together } from './speed.ts'

const ADAPTERS = 20
const SHAPE = { width: 768, layers: 12, rank: 16 }

/** Linux tells it; elsewhere there is nothing to compare. */
function residentBytes({ pid }: Engine): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

const turn = (): Turn => ({ user: someText(), maxTokens: 48 })

/** Turns that go through all works; `step` 0 stays with one. */
function through(engine: Engine, step: 0 | 1) {
  let at = 0
  return () => {
    at += step
    return engineTurn(engine, `adapted ${at % ADAPTERS}`, turn(), `holder ${at}`)
  }
}

export async function benchSwitching(modelPath: string, count: number): Promise<Row[]> {
  const arm = await engineArm({ modelPath, sequences: 4, contextTokens: 1_024, threads: 1 })
  const { engine } = arm
  try {
    for (let seed = 0; seed < ADAPTERS; seed++)
      engine.admit(`adapted ${seed}`, randomAdapter({ ...SHAPE, seed: seed + 1 }))
    const fileBytes = randomAdapter(SHAPE).length
    await engineTurn(engine, 'work', turn(), 'warm')
    await engineTurn(engine, 'adapted 0', turn(), 'warm')
    const before = residentBytes(engine)
    for (let n = 1; n < ADAPTERS; n++)
      await engineTurn(engine, `adapted ${n}`, { ...turn(), maxTokens: 2 }, 'warm')
    const perAdapter = (residentBytes(engine) - before) / (ADAPTERS - 1)
    const rate = { base: [] as number[], one: [] as number[], twenty: [] as number[], four: [] as number[] }
    const [one, twenty] = [through(engine, 0), through(engine, 1)]
    for (let round = 0; round < count; round++) {
      rate.base.push((await together(() => engineTurn(engine, 'work', turn(), 'base'), 1)).aggregate)
      rate.one.push((await together(one, 1)).aggregate)
      rate.twenty.push((await together(twenty, 1)).aggregate)
      rate.four.push((await together(twenty, 4)).aggregate)
    }
    const loss = (of: number[]) => median(rate.base) / median(of)
    return [
      row('loss of rate, 20 adapters in turn, beside one adapter', 'x', loss(rate.twenty), {
        anchor: loss(rate.one),
        goal: ['<= 1.3 x one adapter', value => value <= 1.3],
      }),
      row('all tokens, 4 at once with an adapter each, beside one turn', 'tokens/s', median(rate.four), {
        anchor: median(rate.one),
      }),
      row('memory of one more adapter, beside its file', 'bytes', perAdapter, {
        anchor: fileBytes,
        goal: ['<= 1.25 x its file', value => value <= 1.25],
      }),
    ]
  } finally {
    await arm.stop()
  }
}
