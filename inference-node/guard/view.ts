/** One way of reading an answer beside the hidden text: from where it is suspicious, and whether it is proved. */

export const NOTHING_HELD = Number.POSITIVE_INFINITY

export type View = {
  /** Takes the next character and where it stands in the answer. */
  push(point: string, at: number): void
  /** Text from here on waits until this view is satisfied. */
  heldFrom: number
  caught: boolean
  /** What may be known only now that the answer is over. */
  end?(): void
}
