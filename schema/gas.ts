/** What a key that signs by itself lets a transaction take, beyond what was estimated. */

const SPARE_PERCENT = 120n
/** What one word more costs that was estimated as written already. */
const SPARE_LEAST = 25_000n

/**
 * An estimate is of one moment. What a transaction takes depends on the second that it is mined in, and on what comes before it
 * there: a word that is written with what stands there already is cheap, and asks for no reserve. What is not used is not paid.
 */
export function withSpareGas(estimated: bigint): bigint {
  const [byShare, byLeast] = [(estimated * SPARE_PERCENT) / 100n, estimated + SPARE_LEAST]
  return byShare > byLeast ? byShare : byLeast
}
