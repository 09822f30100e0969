/** A canary: a few free tokens of a node's base model, of no work and for nobody, by which anyone times how soon and how fast it speaks. */
import { z } from 'zod'
import { sha256Name } from './hex.ts'

export const CANARY_PATH = '/v1/canary'
/** Enough to time a pace by, few enough to give away. */
export const CANARY_MAX_TOKENS = 32
/** With fewer tokens than this a pace says little. */
export const CANARY_TIMED_TOKENS = 8

/** Of a random number, so that an answer cannot be kept ready. */
export const canaryFrom = z.coerce.number().int().min(0).max(999_999)

/** Its first byte leaves with the first token, its last with the last. */
export const canaryAnswer = z.object({
  baseModelSha256: sha256Name,
  text: z.string().max(4_096),
  tokens: z.number().int().min(0).max(CANARY_MAX_TOKENS),
})
