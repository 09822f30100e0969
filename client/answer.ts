/** An answer that is on its way: text to iterate over as it comes, and one promise for what it cost and proved. */
import type { TurnResult } from './turn.ts'

export type Answer<Result = TurnResult> = AsyncIterable<string> & {
  /** Settles when the receipt has been checked. */
  readonly result: Promise<Result>
  /** Stops the answer. What was delivered is kept and paid for; `result` then rejects with the reason. */
  stop(): void
  /** Stops it likewise, and keeps it: `result` then settles with what was delivered, its receipt checked as always. */
  end(): void
}

/** The reason of a signal that ends an answer whose text and receipt are wanted. */
export class Kept extends DOMException {
  constructor() {
    super('The answer was ended by its reader.', 'AbortError')
  }
}

/** Begins at once, whether or not anyone reads. Leaving the loop early stops the answer. */
export function startAnswer<Result>(
  run: (controller: AbortController, onText: (text: string) => void) => Promise<Result>,
): Answer<Result> {
  const controller = new AbortController()
  const waiting: string[] = []
  let over = false
  let stopped = false
  let wake = () => {}
  const result = run(controller, text => {
    waiting.push(text)
    wake()
  }).finally(() => {
    over = true
    wake()
  })
  // Whoever only iterates gets the failure there; it is not unhandled here.
  result.catch(() => undefined)
  const stop = () => {
    if (over) return
    stopped = true
    controller.abort(new DOMException('The answer was stopped by its reader.', 'AbortError'))
  }
  const end = () => {
    if (!over) controller.abort(new Kept())
  }
  async function* texts(): AsyncGenerator<string> {
    try {
      for (;;) {
        const text = waiting.shift()
        if (text !== undefined) yield text
        else if (over) break
        else
          await new Promise<void>(resolve => {
            wake = resolve
          })
      }
    } finally {
      stop()
    }
    if (!stopped) await result
  }
  return { [Symbol.asyncIterator]: texts, result, stop, end }
}
