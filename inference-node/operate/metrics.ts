/** What Prometheus reads: OpenTelemetry's and vLLM's names where they have one, `grimoire_` for money and keys. No label names a person or a work. */
import { asProblem, Problem } from '@grimoire/schema/problem'
import type { Receipt } from '@grimoire/schema/receipt'
import type { KeyNetwork } from '@grimoire/seal/network'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ChannelTotals } from '../journal-reader.ts'
import type { Log } from '../log.ts'

/** OpenTelemetry's advice for gen_ai.server.*: each bucket is twice the one before. */
const SECONDS = Array.from({ length: 14 }, (_, at) => 0.01 * 2 ** at)
const TOKENS = Array.from({ length: 10 }, (_, at) => 4 ** at)
const RATE_WINDOW_MS = 60_000
const READ_MAY_TAKE_MS = 2_000

export type AnsweredFacts = {
  receipt: Receipt
  finishReason: string
  firstTokenMs: number
  totalMs: number
}

/** What is looked up when it is asked for: each is read by a function, so that nothing has to be kept up to date. */
export type Sources = {
  running(): number
  waiting(): number
  openWorks(): number
  grants(): number
  ready(): Promise<boolean>
  channels(): ChannelTotals
  gasWei(): Promise<bigint>
}

const CHANNEL_SUMS = [
  ['grimoire_unclaimed_atomic', 'unclaimedAtomic', 'Charged, and not yet claimed on the chain.'],
  [
    'grimoire_at_risk_atomic',
    'atRiskAtomic',
    'Unclaimed and still covered: what losing the state would cost.',
  ],
  ['grimoire_leaving_atomic', 'leavingAtomic', 'Unclaimed of payers who empty their channels.'],
  ['grimoire_uncovered_atomic', 'uncoveredAtomic', 'Charged above what the channels hold.'],
] as const

/** A chain that hangs must not take the rest of the figures with it. */
export function inTime<T>(read: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Problem('timed_out')), READ_MAY_TAKE_MS)
    read.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** All gauges of a scrape are read in one turn of the event loop: what several of them take is computed once for it. */
function oncePerScrape<T>(read: () => T): () => T {
  let value: { of: T } | undefined
  return () => {
    if (value) return value.of
    value = { of: read() }
    setImmediate(() => {
      value = undefined
    })
    return value.of
  }
}

export class Metrics {
  readonly registry = new Registry()
  readonly startedAtMs = Date.now()
  #answered = 0
  readonly #recent: { atMs: number; tokens: number }[] = []
  readonly #refusals: Counter<'code'>
  readonly #finished: Counter<'finished_reason'>
  readonly #duration: Histogram
  readonly #firstToken: Histogram
  readonly #perToken: Histogram
  readonly #tokens: Histogram<'gen_ai_token_type'>
  readonly #charged: Counter
  readonly #events: Counter<'event'>
  readonly #opening: Histogram
  readonly #notOpened: Counter<'code'>

  constructor() {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    const counter = <T extends string = never>(name: string, help: string, labelNames: T[] = []) =>
      new Counter({ name, help, labelNames, registers })
    const histogram = <T extends string = never>(
      name: string,
      help: string,
      buckets: number[],
      labelNames: T[] = [],
    ) => new Histogram({ name, help, buckets, labelNames, registers })
    this.#refusals = counter('grimoire_refused_total', 'Requests refused, by the code of the problem.', [
      'code',
    ])
    this.#finished = counter('vllm:request_success_total', 'Answered turns, by how they ended.', [
      'finished_reason',
    ])
    this.#duration = histogram('gen_ai_server_request_duration_seconds', 'A turn in the engine.', SECONDS)
    this.#firstToken = histogram(
      'gen_ai_server_time_to_first_token_seconds',
      'Until the first token.',
      SECONDS,
    )
    this.#perToken = histogram(
      'gen_ai_server_time_per_output_token_seconds',
      'Between tokens after the first.',
      SECONDS,
    )
    this.#tokens = histogram('gen_ai_client_token_usage', 'Tokens of a turn, by direction.', TOKENS, [
      'gen_ai_token_type',
    ])
    this.#charged = counter('grimoire_charged_atomic_total', 'Charged to holders, creators’ shares included.')
    this.#events = counter('grimoire_events_total', 'Lines of the log, by event.', ['event'])
    this.#opening = histogram('grimoire_key_opening_seconds', 'A key from the key network.', SECONDS)
    this.#notOpened = counter('grimoire_key_openings_failed_total', 'Keys not given, by the reason.', [
      'code',
    ])
  }

  /** Called once, when all that is asked exists. */
  watch(sources: Sources): void {
    const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        async collect() {
          // One that cannot be read now is absent from this scrape, and none of the others with it.
          this.reset()
          await inTime(Promise.resolve().then(read)).then(
            value => this.set(value),
            () => this.remove(),
          )
        },
      })
    gauge('vllm:num_requests_running', 'Turns that are answered now.', sources.running)
    gauge('vllm:num_requests_waiting', 'Turns that wait for a place.', sources.waiting)
    gauge('grimoire_open_works', 'Works held open in memory.', sources.openWorks)
    gauge('grimoire_grants', 'Grants that stand.', sources.grants)
    gauge('grimoire_ready', '1 when chain, engine, key network and bond are as they have to be.', async () =>
      Number(await sources.ready()),
    )
    const channels = oncePerScrape(() => sources.channels())
    for (const [name, field, help] of CHANNEL_SUMS) gauge(name, help, () => Number(channels()[field]))
    gauge('grimoire_payment_gas_wei', 'What the payment key has for gas.', async () =>
      Number(await sources.gasWei()),
    )
  }

  refused(code: string): void {
    this.#refusals.inc({ code })
  }

  /** What is worth a line in the log is worth a count. */
  counting(log: Log): Log {
    return fields => {
      this.#events.inc({ event: fields.event })
      log(fields)
    }
  }

  /** The key network, with its answers timed and its refusals counted. */
  timing(network: KeyNetwork): KeyNetwork {
    const unwrapKey: KeyNetwork['unwrapKey'] = async (...asked) => {
      const end = this.#opening.startTimer()
      try {
        const secret = await network.unwrapKey(...asked)
        end()
        return secret
      } catch (error) {
        this.#notOpened.inc({ code: asProblem(error).code })
        throw error
      }
    }
    return {
      unwrapKey,
      wrapKey: request => network.wrapKey(request),
      latestBlockHash: () => network.latestBlockHash(),
      close: () => network.close(),
    }
  }

  answered({ receipt, finishReason, firstTokenMs, totalMs }: AnsweredFacts): void {
    const { inputTokens, outputTokens, chargedAtomic } = receipt
    this.#answered++
    this.#finished.inc({ finished_reason: finishReason })
    this.#duration.observe(totalMs / 1000)
    this.#firstToken.observe(firstTokenMs / 1000)
    if (outputTokens > 1) this.#perToken.observe((totalMs - firstTokenMs) / 1000 / (outputTokens - 1))
    this.#tokens.observe({ gen_ai_token_type: 'input' }, inputTokens)
    this.#tokens.observe({ gen_ai_token_type: 'output' }, outputTokens)
    this.#charged.inc(Number(chargedAtomic))
    this.#recent.push({ atMs: Date.now(), tokens: outputTokens })
    this.#forgetOld()
  }

  #forgetOld(): void {
    const since = Date.now() - RATE_WINDOW_MS
    while ((this.#recent[0]?.atMs ?? Number.POSITIVE_INFINITY) < since) this.#recent.shift()
  }

  get answeredTurns(): number {
    return this.#answered
  }

  /** Over the last minute, of turns that ended in it. */
  tokensPerSecond(): number {
    this.#forgetOld()
    const tokens = this.#recent.reduce((sum, { tokens }) => sum + tokens, 0)
    const windowMs = Math.min(RATE_WINDOW_MS, Math.max(1_000, Date.now() - this.startedAtMs))
    return Math.round((tokens / windowMs) * 10_000) / 10
  }
}
