/** What an address looks like, for parts of the page that come before the schemas: a link, a field, what is kept. */
import type { Hex } from '@grimoire/schema/hex'

export const isAddress = (value: unknown): value is Hex =>
  typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)
