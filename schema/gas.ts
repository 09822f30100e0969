/** What a key that signs by itself lets a transaction take, beyond what was estimated. */

const SPARE_PERCENT = 120n

/**
 * An estimate is of one moment. What a transaction takes depends on the second that it is mined in, and on what comes before it
 * there: a word that is written with what stands there already is cheap, and asks for no reserve. What is not used is not paid.
 */
export const withSpareGas = (estimated: bigint): bigint => (estimated * SPARE_PERCENT) / 100n
