/**
 * Ten times as many payers as a node has places, for ten minutes: what it accepts it answers, about as fast as when it was
 * idle, and its memory does not grow. `npm run proof -- overload [--minutes N] [--queue N]`.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startService } from '@grimoire/devnet/process'
import { CARD, NodeWorld } from '@grimoire/inference-node/fixture'
import { JournalReader } from '@grimoire/inference-node/journal-reader'
import { type Load, press } from '@grimoire/inference-node/till/trial/load'
import { claim, prove } from './proof.ts'

const MINUTES = 10
const PLACES = 2
/** Whoever waits, waits for a whole turn of another: with a queue an accepted turn takes longer by that. */
const QUEUE = 0
const TIMES = 10
const TOKENS = 64
const IDLE_TURNS = 60
const MOST_SLOWER = 2
const MOST_MEMORY = 1.05
/** What a refusal's `retry-after` says. */
const REFUSED_MS = 1_000
const SAMPLE_MS = 2_000

const megabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

const quantile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN

/** Resident memory of the node while `work` runs. */
async function watchingMemory<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ result: T; samples: number[] }> {
  const samples: number[] = []
  const timer = setInterval(() => samples.push(megabytes(pid)), SAMPLE_MS)
  const result = await work().finally(() => clearInterval(timer))
  return { result, samples: [...samples, megabytes(pid)] }
}

async function overload(minutes: number, queue: number) {
  const world = await NodeWorld.start()
  const work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  const engine = { gpu: false, threads: 1, sequences: PLACES, queue } as const
  const configFile = world.configFile('crowded', { engine, limits: { turnsPerHolder: 1_000 } })
  // As `grimoire-node` and the systemd unit start it.
  const args = ['--max-semi-space-size=16', 'inference-node/main.ts', '--config', configFile]
  const node = await startService({ name: 'the node', program: process.execPath, args })
  try {
    await world.grant(node.url, 'holder', work)
    const body = { model: work.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: TOKENS }
    const payers = Array.from({ length: PLACES * TIMES }, () => world.payer('holder'))
    const run = (some: typeof payers, over: (load: Load) => boolean) =>
      watchingMemory(node.pid, () => press(some, node.url, body, over, REFUSED_MS))
    // Every payer has deposited and everything is loaded before anything is measured; and memory has grown to what it takes.
    for (const payer of payers) await payer.ask(node.url, body)
    const idle = (await run(payers.slice(0, 1), ({ accepted }) => accepted >= IDLE_TURNS)).result
    const warmUntil = Date.now() + Math.min(60_000, minutes * 20_000)
    const warm = await run(payers, () => Date.now() > warmUntil)
    const until = Date.now() + minutes * 60_000
    const { result: load, samples } = await run(payers, () => Date.now() > until)
    const books = JournalReader.open(world.config('crowded').directory)
    const { held } = books.channels()
    books.close()
    const [before, after] = [quantile(warm.samples, 0.9), quantile(samples.slice(-30), 0.5)]
    return { idle, load, held, before, after }
  } finally {
    await node.stop()
    await world.stop()
  }
}

await prove('overload', async () => {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { minutes: { type: 'string' }, queue: { type: 'string' } },
  })
  const minutes = Number(values.minutes ?? MINUTES)
  const { idle, load, held, before, after } = await overload(minutes, Number(values.queue ?? QUEUE))
  const [calm, pressed] = [quantile(idle.latenciesMs, 0.99), quantile(load.latenciesMs, 0.99)]
  const refused = Object.values(load.refused).reduce((sum, times) => sum + times, 0)
  const of = (n: number, failures: number, figures: Record<string, string | number>) => async () => ({
    ...{ n, failures },
    ...figures,
  })
  const rounded = (value: number) => Math.round(value * 100) / 100
  return [
    await claim(
      { name: 'accepted turns are answered and charged', seed: 0 },
      of(load.accepted + load.lost, load.lost, { refused, minutes }),
    ),
    await claim({ name: 'no channel is held afterwards', seed: 0 }, of(1, held > 0 ? 1 : 0, { held })),
    await claim(
      { name: `p99 of accepted turns at most ${MOST_SLOWER} x idle`, seed: 0 },
      of(1, pressed > MOST_SLOWER * calm ? 1 : 0, {
        idleMs: rounded(calm),
        pressedMs: rounded(pressed),
        ratio: rounded(pressed / calm),
      }),
    ),
    await claim(
      { name: `memory at most ${MOST_MEMORY} x`, seed: 0 },
      of(1, after > MOST_MEMORY * before ? 1 : 0, { beforeMb: rounded(before), afterMb: rounded(after) }),
    ),
  ]
})
