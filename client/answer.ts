/** An answer that is on its way: text to iterate over as it comes, and one promise for what it cost and proved. */
import type { TurnResult } from './turn.ts'

export type Answer = AsyncIterable<string> & {
  /** Settles when the receipt has been checked. */
  readonly result: Promise<TurnResult>
  /** Stops the answer. What was delivered is kept and paid for; `result` then rejects with the reason. */
  stop(): void
}

/** Begins at once, whether or not anyone reads. Leaving the loop early stops the answer. */
export function startAnswer(
  run: (controller: AbortController, onText: (text: string) => void) => Promise<TurnResult>,
): Answer {
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
  return { [Symbol.asyncIterator]: texts, result, stop }
}
