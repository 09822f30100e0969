/** The one source of chance for a work's picture: its id, which is a hash already. The same work rolls the same everywhere. */

/** Answers a whole number from 0 to `sides` − 1, and moves on. */
export type Dice = (sides: number) => number

export function diceOf(workId: string): Dice {
  let rest = BigInt(workId)
  return sides => {
    const rolled = Number(rest % BigInt(sides))
    rest /= BigInt(sides)
    return rolled
  }
}
