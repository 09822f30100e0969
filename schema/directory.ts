/** The directory of operators with what an edge measured of them, and which of them serve a work: JSON shapes. */
import { z } from 'zod'
import { operatorRow } from './catalogue.ts'
import { address, seconds, workIdText } from './hex.ts'
import { prices } from './price.ts'
import { signedQuote } from './quote.ts'

/** How far a probe came. `quoted`: the node signed a right quote, the deepest that an edge can ask without paying. */
export const REACHED = ['nothing', 'health', 'models', 'quoted'] as const

const percent = z.number().min(0).max(100)
const milliseconds = z.number().int().min(0)
/** Tokens a second. */
const pace = z.number().min(0)
const percentilesOf = <T extends z.ZodType>(value: T) =>
  z.object({ p50: value, p75: value, p90: value, p99: value })
const percentiles = percentilesOf(milliseconds)

/** The names with `_last_` are OpenRouter's; null where nothing was measured in that time. */
export const operatorHealth = z.object({
  status: z.enum(['up', 'down']),
  measuredAtSeconds: seconds,
  reached: z.enum(REACHED),
  /** The code of what was wrong at the last probe. */
  fault: z.string().nullable(),
  uptime_last_5m: percent.nullable(),
  uptime_last_30m: percent.nullable(),
  uptime_last_1d: percent.nullable(),
  /** Until a signed quote was there, in milliseconds. */
  latency_last_30m: percentiles.nullable(),
  /** Of canaries, where the operator allows them: until the first token was there, in milliseconds, */
  first_token_last_30m: percentiles.nullable().default(null),
  /** and tokens a second from then on. */
  throughput_last_30m: percentilesOf(pace).nullable().default(null),
})
export type OperatorHealth = z.infer<typeof operatorHealth>

/** One probe. What it did not come to is null. */
export const healthSample = z.object({
  atSeconds: seconds,
  reached: z.enum(REACHED),
  connectMs: milliseconds.nullable(),
  quoteMs: milliseconds.nullable(),
  /** Both left out where no canary was answered. */
  firstTokenMs: milliseconds.optional(),
  tokensPerSecond: pace.optional(),
  /** The code of what was wrong; samples from before it was kept have none. */
  fault: z.string().nullable().default(null),
})
export type HealthSample = z.infer<typeof healthSample>

export const measuredOperator = operatorRow.extend({
  registeredAtSeconds: seconds,
  /** Null until the first probe. */
  health: operatorHealth.nullable(),
})
export type MeasuredOperator = z.infer<typeof measuredOperator>

export const operatorsAnswer = z.object({
  operators: z.array(measuredOperator),
  nextCursor: z.string().nullable(),
})

export const operatorDetail = measuredOperator.extend({
  /** Works whose creator lists it, the newest first; works that admit any bonded operator are not among them. */
  works: z.array(
    z.object({ workId: workIdText, title: z.string().nullable(), acceptedAtSeconds: seconds.nullable() }),
  ),
  nextCursor: z.string().nullable(),
  /** The newest first: a day of them. */
  samples: z.array(healthSample),
})

/** An operator as it would serve one work. Whether it may, the chain says; what it asks, its own quote. */
export const servingOperator = measuredOperator.extend({
  /** `listed`: the creator lists it; `leaving`: removed, and still admitted for a while; `open`: anyone bonded may. */
  admittedBy: z.enum(['listed', 'leaving', 'open']),
  acceptedAtSeconds: seconds.nullable(),
  /** Its card under the work's ceilings. */
  prices,
  /** As last asked; null where it was not, or did not say. */
  warm: z.boolean().nullable(),
  quotedAtSeconds: seconds.nullable(),
  quote: signedQuote.nullable(),
})
export type ServingOperator = z.infer<typeof servingOperator>

export const servingPage = z.object({
  /** Since when nobody that its creator lists serves it, and anyone bonded may; null otherwise. */
  stranded: z.boolean(),
  operators: z.array(servingOperator),
  nextCursor: z.string().nullable(),
})

const share = z.number().min(0).max(1)

export const matchRow = z.object({
  operator: address,
  endpoint: z.string(),
  score: share,
  parts: z.object({ price: share, warmth: share, health: share, bond: share }),
  newcomer: z.boolean(),
})
export type MatchRow = z.infer<typeof matchRow>

export const matchAnswer = z.object({
  workId: workIdText,
  nonce: z.string(),
  weights: z.object({ price: share, warmth: share, health: share, bond: share }),
  newcomerShare: share,
  /** The best first, after the draw. */
  operators: z.array(matchRow),
})
