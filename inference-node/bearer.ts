/** Whether two secrets are one, in a time that says nothing about where they differ. */
import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => createHash('sha256').update(text).digest()

export const sameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected))

/** As OpenAI's clients send their key. */
export const bearerOf = (authorization: string | null | undefined): string =>
  authorization?.replace(/^Bearer /i, '') ?? ''
