/** Works that were refused for what they are, and not for the moment: what asking again does not mend. */
import { asProblem, type ProblemCode } from '@grimoire/schema/problem'

const LASTING = new Set<ProblemCode>([
  'base_mismatch',
  'manifest_invalid',
  'card_invalid',
  'adapter_invalid',
  'adapter_unserved',
  'knowledge_invalid',
  'not_admitted',
])
/** As many as stand in no one's way; one that was forgotten is noted when it is asked for again. */
const MAX_NOTED = 1_000

export const lastingCode = (error: unknown): ProblemCode | null => {
  const { code } = asProblem(error)
  return LASTING.has(code) ? code : null
}

export class Refused {
  readonly #codes = new Map<string, ProblemCode>()

  /** By the key of a version. */
  note(key: string, error: unknown): void {
    const code = lastingCode(error)
    if (!code) return
    const [oldest] = this.#codes.keys()
    if (this.#codes.size >= MAX_NOTED && oldest !== undefined) this.#codes.delete(oldest)
    this.#codes.set(key, code)
  }

  forget(key: string): void {
    this.#codes.delete(key)
  }

  codeOf = (key: string): ProblemCode | null => this.#codes.get(key) ?? null
}
