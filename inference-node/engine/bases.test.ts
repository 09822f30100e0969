/** Several base models in one node: who answers which work, what they may take together, and that none takes another down. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { nodeConfig } from '../config.ts'
import { Bases } from './bases.ts'
import type { EnginePort } from './port.ts'
import { randomAdapter, randomBase } from './random-gguf.ts'
import { startEngines } from './start.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-bases-'))
const file = (name: string, seed: number) => {
  const path = join(directory, name)
  writeFileSync(path, randomBase({ seed, contextTokens: 256 }))
  return path
}
const [model, other] = [file('one.gguf', 1), file('two.gguf', 2)]
const ENGINE = { gpu: false as const, threads: 1, sequences: 2, warmPrompts: 1 }

/** Only what an engine's start reads of a configuration. */
const configOf = (models: string[], engine: Partial<typeof ENGINE> & { maxMemoryBytes?: number } = {}) => {
  const { shape } = nodeConfig
  const chosen = shape.engine.parse({ ...ENGINE, ...engine })
  return { engine: chosen, model, models, directory } as Parameters<typeof startEngines>[0] // Safety: as said above.
}

let bases: Bases
before(async () => {
  bases = await startEngines(configOf([other]))
})
after(async () => {
  await bases?.stop()
  rmSync(directory, { recursive: true })
})

async function ask(work: string, onText = (_: string) => {}, maxTokens = 12) {
  let text = ''
  const { engine } = bases.of(work)
  await engine.chat({
    ...{ work, messages: [{ role: 'user' as const, content: 'Hello' }] },
    sampling: { temperature: 0, stop: [], maxTokens },
    signal: new AbortController().signal,
    onText: piece => {
      text += piece
      onText(piece)
    },
  })
  return text
}

test('a work is answered by the base that it was made for; one for a base that is not here is refused by name', async () => {
  const [first, second] = bases.all.map(({ base }) => base)
  assert.ok(first && second && first.sha256 !== second.sha256)
  bases.admit('of the first', first, { adapter: randomAdapter() })
  bases.admit('of the second', second, { adapter: randomAdapter() })
  assert.notEqual(await ask('of the first'), await ask('of the second'))
  const unknown = { name: 'another', sha256: '0'.repeat(64) }
  assert.throws(
    () => bases.admit('of none', unknown, {}),
    (error: unknown) => isProblem(error, 'base_mismatch') && error.message.includes(unknown.sha256),
  )
})

test('works come and go without end, and what is remembered of them does not grow with them', async () => {
  const engine = { admit: () => {}, forget: async () => {} } as unknown as EnginePort // Safety: nothing else is asked.
  const [one, two] = ['1', '2'].map(name => ({ engine, base: { name, sha256: name.repeat(64) } }))
  assert.ok(one && two)
  const several = new Bases(one, [two])
  for (let work = 0; work < 3_000; work++) {
    for (const { base } of [one, two]) {
      several.admit(`${base.name} ${work}`, base, {})
      await several.forget(`${base.name} ${work}`)
    }
  }
  assert.ok(several.remembered <= 1_000, `${several.remembered} works are remembered`)
  assert.equal(several.of('2 2999'), two, 'an answer that outlasts its grant has its own base in the receipt')
})

test('while one model is dead the other goes on with its answer, and the dead one comes back', async () => {
  const [first, second] = bases.all
  assert.ok(first && second)
  const expected = await ask('of the second')
  const pid = second.engine.pid
  let killed = false
  const surviving = ask(
    'of the first',
    () => {
      if (killed || pid === undefined) return
      killed = true
      process.kill(pid, 'SIGKILL')
    },
    150,
  )
  assert.ok((await surviving).length > 0)
  assert.ok(killed && bases.alive)
  while (second.engine.pid === pid) await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(await ask('of the second'), expected)
})

test('all models share one budget: a second one that would go beyond it is refused before it is loaded', async () => {
  const whole = bases.all.map(({ engine }) =>
    'estimatedBytes' in engine ? Number(engine.estimatedBytes) : 0,
  )
  const maxMemoryBytes = (whole[0] ?? 0) + 1_000_000
  await assert.rejects(
    startEngines(configOf([other], { maxMemoryBytes })),
    (error: unknown) =>
      isProblem(error, 'model_file_invalid') && error.details.extra?.fault === 'over_budget',
  )
  await assert.rejects(startEngines(configOf([model])), (error: unknown) =>
    isProblem(error, 'config_invalid'),
  )
})
