/** One look at one operator's node: does it answer, as whom, with which models, with a right quote for one work, and how fast. */
import { CANARY_PATH, CANARY_TIMED_TOKENS, canaryAnswer } from '@grimoire/schema/canary'
import type { HealthSample } from '@grimoire/schema/directory'
import { sameAddress } from '@grimoire/schema/hex'
import { nodeHealth, nodeModels } from '@grimoire/schema/node'
import { asProblem, fromProblemBody, Problem } from '@grimoire/schema/problem'
import { type SignedQuote, signedQuote } from '@grimoire/schema/quote'
import type { Terms } from '@grimoire/schema/work'
import type { Hex } from 'viem'
import type { z } from 'zod'
import type { Settings } from '../env.ts'
import { callOutside, type Outbound } from '../outbound.ts'
import { checkQuote } from './quote-check.ts'

/** For all questions that say whether it is up. */
const PROBE_MS = 6_000
/** A slow machine is not one that is down. */
const CANARY_MS = 10_000
const MAX_BYTES = 256 * 1_024

export type Probed = {
  operator: Hex
  endpoint: string
  sessionKey: Hex
  paymentKey: Hex
  /** A work that it would serve, whose quote was asked longest ago. */
  work: { workId: string; model: string; terms: Terms } | null
}

export type Finding = {
  sample: HealthSample
  /** What it said of the work; a refusal is an answer too. Null where it was not asked. */
  quoted: { workId: string; signed: SignedQuote | null } | null
}

type Timed = Pick<HealthSample, 'firstTokenMs' | 'tokensPerSecond'>

export type ProbeContext = { outbound: Outbound; settings: Settings; nowSeconds: number }

const wrong = (got: unknown, expected: string) => new Problem('endpoint_unreachable', { got, expected })

type Told<T> = { value: T; tookMs: number; firstMs: number }
type Asker = <T>(path: string, schema: z.ZodType<T>) => Promise<Told<T>>

/** Asks with what is left of the time; anything but the expected shape is a Problem, the node's own where it is one. */
function asker(outbound: Outbound, endpoint: string, withinMs: number): Asker {
  const untilMs = Date.now() + withinMs
  return async (path, schema) => {
    const timeoutMs = Math.max(1, untilMs - Date.now())
    const url = `${endpoint.replace(/\/+$/, '')}${path}`
    const answered = await callOutside(outbound, url, { timeoutMs, maxBytes: MAX_BYTES })
    const { status, bytes, totalMs, headersMs } = answered
    let body: unknown = null
    try {
      body = JSON.parse(new TextDecoder().decode(bytes))
    } catch {
      // Not JSON: the shape below refuses it.
    }
    if (status !== 200) throw fromProblemBody(body) ?? wrong(`status ${status} of ${path}`, 'status 200')
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw wrong(`another shape of ${path}`, 'the shape that the schema states')
    return { value: parsed.data, tookMs: totalMs, firstMs: headersMs }
  }
}

async function askQuote(ask: Asker, probed: Probed, context: ProbeContext) {
  const { work } = probed
  if (!work) return null
  const { workId, terms } = work
  const path = `/v1/quotes?model=${encodeURIComponent(work.model)}`
  const answered = await ask(path, signedQuote).catch((error: unknown) => {
    const problem = asProblem(error)
    // It answers, and does not serve this work now: it is up, and nothing was timed.
    if (problem.code !== 'endpoint_unreachable' && problem.status < 500) return null
    throw problem
  })
  if (!answered) return { tookMs: null, quoted: { workId, signed: null } }
  const { settings, nowSeconds } = context
  await checkQuote(answered.value, { ...probed, workId, terms, settings, nowSeconds })
  return { tookMs: answered.tookMs, quoted: { workId, signed: answered.value } }
}

/** A node that allows canaries and gives none now is only not timed. */
async function timeCanary(outbound: Outbound, endpoint: string): Promise<Timed> {
  const from = crypto.getRandomValues(new Uint16Array(1))[0]
  const ask = asker(outbound, endpoint, CANARY_MS)
  const said = await ask(`${CANARY_PATH}?from=${from}`, canaryAnswer).catch(() => null)
  if (!said || said.value.tokens === 0) return {}
  const { firstMs, tookMs, value } = said
  if (value.tokens < CANARY_TIMED_TOKENS || tookMs === firstMs) return { firstTokenMs: firstMs }
  const perSecond = ((value.tokens - 1) * 1_000) / (tookMs - firstMs)
  return { firstTokenMs: firstMs, tokensPerSecond: Math.round(perSecond * 10) / 10 }
}

/** Never throws: what went wrong is the finding. */
export async function probe(probed: Probed, context: ProbeContext): Promise<Finding> {
  const sample: HealthSample = {
    atSeconds: context.nowSeconds,
    reached: 'nothing',
    connectMs: null,
    quoteMs: null,
    fault: null,
  }
  const ask = asker(context.outbound, probed.endpoint, PROBE_MS)
  try {
    const { value, tookMs } = await ask('/health', nodeHealth)
    sample.connectMs = tookMs
    if (value.chainId !== context.settings.ADDRESSES.chainId)
      throw wrong(value.chainId, 'a node of this chain')
    if (!sameAddress(value.operator, probed.operator)) throw wrong(value.operator, 'this operator’s node')
    sample.reached = 'health'
    await ask('/v1/models', nodeModels)
    const quote = await askQuote(ask, probed, context)
    sample.reached = quote?.quoted.signed ? 'quoted' : 'models'
    sample.quoteMs = quote?.tookMs ?? null
    const timed = value.canaryEverySeconds > 0 ? await timeCanary(context.outbound, probed.endpoint) : {}
    return { sample: { ...sample, ...timed }, quoted: quote?.quoted ?? null }
  } catch (error) {
    sample.fault = asProblem(error).code
    const quoted = probed.work && sample.reached !== 'nothing' ? probed.work.workId : null
    return {
      sample,
      quoted: quoted === null ? null : { workId: quoted, signed: null },
    }
  }
}
