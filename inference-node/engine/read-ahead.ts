/** Asks for the next token before the last one is read, so that llama.cpp computes while an answer's text is made of it. */
import type { LlamaContextSequence, Token } from 'node-llama-cpp'

type Evaluated = ReturnType<LlamaContextSequence['evaluate']>

/** What llama.cpp was asked for goes to its threads before the event loop comes round. */
const comeRound = () => new Promise<void>(resolve => setImmediate(resolve))

async function* readAhead(evaluated: Evaluated, isLast: (token: Token, given: number) => boolean): Evaluated {
  let next: ReturnType<Evaluated['next']> | undefined
  try {
    for (let given = 1; ; given++) {
      const { value, done } = await (next ?? evaluated.next())
      next = undefined
      if (done) return
      if (!isLast(value, given)) {
        next = evaluated.next()
        next.catch(() => {}) // Thrown when its turn comes; an answer that ends before has no use for it.
        await comeRound()
      }
      if ((yield value) !== undefined) throw new Error('a token was replaced that was gone on from already')
    }
  } finally {
    await evaluated.return() // After the step that runs, so that nothing touches this state when the turn is over.
  }
}

/**
 * For one answer whose tokens depend on nothing but those before them: no penalty counted and no grammar changed from outside.
 * The state may end one token behind what was said; the next turn starts from what both have in common.
 */
export function readingAhead(sequence: LlamaContextSequence, maxTokens: number): () => void {
  const { evaluate } = sequence
  const isLast = (token: Token, given: number) => given >= maxTokens || sequence.model.isEogToken(token)
  sequence.evaluate = (...given) => readAhead(evaluate.apply(sequence, given), isLast)
  return () => {
    sequence.evaluate = evaluate
  }
}
