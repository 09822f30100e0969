/** What this browser's own chats say of a machine: first words as this side measured them, speed as the machine said it. */
import { sameAddress } from '@grimoire/schema/hex'
import type { Conversation } from '../chat/conversation.ts'

export type Heard = {
  answers: number
  firstTokenMs: { p50: number; p90: number; p99: number } | null
  tokensPerSecond: number | null
  stopped: number
  lastAtSeconds: number | null
}

/** The nearest rank: a figure that was measured. */
const rank = (sorted: readonly number[], percent: number): number =>
  sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0

const inOrder = (values: readonly (number | undefined)[]): number[] =>
  values.filter(value => value !== undefined).sort((a, b) => a - b)

/** An answer that broke off has no receipt, and nobody can say whose it was. */
export function heardFrom(conversations: readonly Conversation[], operator: string): Heard {
  const answers = conversations
    .flatMap(({ exchanges }) => exchanges)
    .flatMap(exchange => exchange.answers)
    .filter(({ proof }) => proof && sameAddress(proof.receipt.operator, operator))
  const waits = inOrder(answers.map(({ firstTokenMs }) => firstTokenMs))
  const speeds = inOrder(answers.map(({ tokensPerSecond }) => tokensPerSecond))
  const times = inOrder(answers.map(({ proof }) => proof?.receipt.servedAtSeconds))
  return {
    answers: answers.length,
    firstTokenMs:
      waits.length > 0 ? { p50: rank(waits, 50), p90: rank(waits, 90), p99: rank(waits, 99) } : null,
    tokensPerSecond: speeds.length > 0 ? rank(speeds, 50) : null,
    stopped: answers.filter(({ end }) => end === 'stopped').length,
    lastAtSeconds: times.at(-1) ?? null,
  }
}
