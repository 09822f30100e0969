/** What a base model will take in memory, told before llama.cpp asks the machine for it. */
import type { BaseHeader } from './base.ts'
import { refused } from './faults.ts'

export type MemoryUse = { contextTokens: number; conversations: number }

/** Scratch space of one context, and what the process itself takes: measured on small models, rounded up. */
const CONTEXT_BYTES = 160 * 1024 ** 2
const PROCESS_BYTES = 256 * 1024 ** 2

export function estimatedBytes(base: BaseHeader, { contextTokens, conversations }: MemoryUse): number {
  const cache = base.cacheBytesPerToken * contextTokens * conversations
  return PROCESS_BYTES + base.weightBytes + CONTEXT_BYTES + cache
}

/** Refuses by name what would not fit; a node without a limit leaves that to the operating system. */
export function requireBudget(base: BaseHeader, use: MemoryUse, maxBytes: number): void {
  const bytes = estimatedBytes(base, use)
  if (maxBytes === 0 || bytes <= maxBytes) return
  const mib = (count: number) => `${Math.ceil(count / 1024 ** 2)} MiB`
  throw refused('model_file_invalid', 'over_budget', `${mib(bytes)} of at most ${mib(maxBytes)}`)
}
