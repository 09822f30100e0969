/** What is warm of late: a sum in which each event counts half as much after a half-life, kept as one number that never has to be rewritten. */

const HALF_LIFE_SECONDS = 259_200

/**
 * The second until which a work stays warm, after one more event. A work with the warmth 2^n at some second cools to 1 in
 * n half-lives: that moment orders works now and later alike, so time passing changes no row. Between powers of two the
 * curve is a straight line, in whole numbers: every machine, and the migration's SQL, comes to the same.
 */
export function warmed(warmUntilSeconds: number, atSeconds: number): number {
  if (warmUntilSeconds === 0) return atSeconds
  const ahead = warmUntilSeconds - atSeconds
  const part = ((ahead % HALF_LIFE_SECONDS) + HALF_LIFE_SECONDS) % HALF_LIFE_SECONDS
  const whole = (ahead - part) / HALF_LIFE_SECONDS
  /** Warmth times the half-life. */
  const total = HALF_LIFE_SECONDS + Math.floor((HALF_LIFE_SECONDS + part) * 2 ** whole)
  const power = whole < 0 ? 0 : total >= HALF_LIFE_SECONDS * 2 ** (whole + 1) ? whole + 1 : whole
  return atSeconds + power * HALF_LIFE_SECONDS + Math.floor(total / 2 ** power) - HALF_LIFE_SECONDS
}
