/** How long a conversation may be, said the same way before it is paid and where it runs. */
import { Problem } from '@grimoire/schema/problem'

/** The window that is taken of a model with a larger one, when the operator sets none. */
export const MAX_DEFAULT_CONTEXT = 8_192

/** A prompt has to leave room for at least this much of an answer. */
export const MIN_ANSWER_TOKENS = 4

/** llama.cpp would drop the start of a conversation without a word; here it is refused before it begins. */
export function refuseTooLong(inputTokens: number, contextTokens: number): void {
  if (inputTokens + MIN_ANSWER_TOKENS < contextTokens) return
  throw new Problem('prompt_too_long', {
    got: `${inputTokens} tokens`,
    expected: `at most ${contextTokens - MIN_ANSWER_TOKENS - 1} tokens`,
    param: 'messages',
  })
}
