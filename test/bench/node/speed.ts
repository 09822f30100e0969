/** Tokens a second and first tokens of the three arms, in turn in one run, so that a slow moment falls on all of them. */
import { median, type Row, row } from '../row.ts'
import { type Arm, directArm, engineArm, type Shape, serverArm, type Timed, type Turn } from './arms.ts'

export const NO_SERVER = 'not measured: give --llama-server PATH'

export type Figures = { aggregate: number; decode: number; firstMs: number }
type Measured = Record<string, Figures[]>

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'flint', 'grove', 'haven', 'islet', 'jetty']
let said = 0
/** About 96 tokens of the bench's model, that no turn before had: bytes are its tokens. */
export function someText(length = 72): string {
  let text = `${said++} `
  for (let at = said; text.length < length; at = (at * 31 + 7) % 9_973) text += `${WORDS[at % WORDS.length]} `
  return text.slice(0, length)
}

/** Several turns at once, as one round: what they gave together, and what one of them felt. */
export async function together(ask: (stream: number) => Promise<Timed>, count: number): Promise<Figures> {
  const started = performance.now()
  const turns = await Promise.all(Array.from({ length: count }, (_, stream) => ask(stream)))
  const seconds = (performance.now() - started) / 1000
  const tokens = turns.reduce((sum, turn) => sum + turn.tokens, 0)
  return {
    aggregate: tokens / seconds,
    decode: median(turns.map(turn => ((turn.tokens - 1) * 1000) / (turn.totalMs - turn.firstMs))),
    firstMs: median(turns.map(turn => turn.firstMs)),
  }
}

/** All arms answer in every round, in an order that turns around each time. */
export async function rounds(
  arms: Arm[],
  count: number,
  turn: () => Turn,
  concurrency: number,
): Promise<Measured> {
  const measured: Measured = Object.fromEntries(arms.map(({ name }) => [name, []]))
  for (let round = 0; round < count; round++) {
    for (const arm of round % 2 ? arms.toReversed() : arms) {
      measured[arm.name]?.push(await together(stream => arm.ask(turn(), stream), concurrency))
    }
  }
  return measured
}

const of = (measured: Measured, arm: string, figure: keyof Figures) =>
  measured[arm]?.length ? median(measured[arm].map(figures => figures[figure])) : undefined

type Goal = [string, (ratio: number) => boolean]
export const least = (ratio: number): Goal => [`>= ${ratio} x llama-server`, value => value >= ratio]
export const most = (ratio: number, of = 'llama-server'): Goal => [
  `<= ${ratio} x ${of}`,
  value => value <= ratio,
]

/** One row beside llama-server, with the goal, and one beside the library called directly, which is only told. */
export function compared(
  measured: Measured,
  figure: keyof Figures,
  name: string,
  unit: string,
  goal?: Goal,
): Row[] {
  const ours = of(measured, 'engine', figure) ?? Number.NaN
  const server = of(measured, 'llama-server', figure)
  const direct = of(measured, 'node-llama-cpp', figure)
  const beside = server === undefined ? {} : { anchor: server, ...(goal ? { goal } : {}) }
  const told = row(`${name}, beside llama-server`, unit, ours, beside)
  return [
    server === undefined ? { ...told, goal: NO_SERVER } : told,
    ...(direct === undefined ? [] : [row(`${name}, beside node-llama-cpp`, unit, ours, { anchor: direct })]),
  ]
}

const ANSWER_TOKENS = 48

export type SpeedOptions = { modelPath: string; server: string | undefined; count: number }

async function armsOf(shape: Shape, server: string | undefined, opening?: string): Promise<Arm[]> {
  const arms: Arm[] = [await engineArm(shape, opening), await directArm(shape)]
  return server === undefined ? arms : [...arms, await serverArm(server, shape)]
}

export async function benchThroughput({ modelPath, server, count }: SpeedOptions): Promise<Row[]> {
  const arms = await armsOf({ modelPath, sequences: 16, contextTokens: 1_024, threads: 1 }, server)
  const turn = (): Turn => ({ user: someText(), maxTokens: ANSWER_TOKENS })
  try {
    await rounds(arms, 1, turn, 1)
    const [one, four, sixteen] = [
      await rounds(arms, count, turn, 1),
      await rounds(arms, count, turn, 4),
      await rounds(arms, Math.ceil(count / 2), turn, 16),
    ]
    return [
      ...compared(one, 'decode', 'decode, 1 at once', 'tokens/s', least(0.97)),
      ...compared(one, 'firstMs', 'first token of 100, cold', 'ms', most(1.05)),
      ...compared(four, 'aggregate', 'all tokens, 4 at once', 'tokens/s', least(1)),
      ...compared(sixteen, 'aggregate', 'all tokens, 16 at once', 'tokens/s', least(1)),
    ]
  } finally {
    for (const arm of arms) await arm.stop()
  }
}

/** A work whose hidden prompt has 2,000 tokens: the first holder waits for it; nobody after that does. */
export async function benchWarmPrompt({ modelPath, server, count }: SpeedOptions): Promise<Row[]> {
  const system = someText(2_000)
  const shape = { modelPath, sequences: 2, contextTokens: 2_560, threads: 1 }
  const arms = await armsOf(shape, server, system)
  try {
    const turn = (): Turn => ({ system, user: someText(40), maxTokens: 4 })
    const cold = await rounds(arms.slice(0, 1), 1, turn, 1)
    const warm = await rounds(arms, count, turn, 1)
    const coldMs = of(cold, 'engine', 'firstMs') ?? Number.NaN
    const serverMs = of(warm, 'llama-server', 'firstMs')
    const warmMs = of(warm, 'engine', 'firstMs') ?? Number.NaN
    const first = 'first token on a warm hidden prompt of 2,000'
    const beside = serverMs === undefined ? { goal: NO_SERVER } : {}
    return [
      row(`${first}, new holder, beside our own cold`, 'ms', warmMs, {
        anchor: coldMs,
        goal: most(0.25, 'cold'),
      }),
      {
        ...row(
          `${first}, new holder, beside llama-server cold`,
          'ms',
          warmMs,
          serverMs === undefined ? {} : { anchor: serverMs, goal: most(0.25) },
        ),
        ...beside,
      },
      {
        ...row(
          'first token of 2,000, cold',
          'ms',
          coldMs,
          serverMs === undefined ? {} : { anchor: serverMs },
        ),
        ...beside,
      },
    ]
  } finally {
    for (const arm of arms) await arm.stop()
  }
}
