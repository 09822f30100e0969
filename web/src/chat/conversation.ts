/** A conversation as it is kept: questions, each with the answers that it got, and what each answer cost and proved. */

import { atomicText } from '@grimoire/schema/amounts'
import { chatRequest } from '@grimoire/schema/chat'
import { bytes32 } from '@grimoire/schema/hex'
import { prices } from '@grimoire/schema/price'
import { signedReceipt } from '@grimoire/schema/receipt'
import { z } from 'zod'

const proof = signedReceipt.extend({
  request: chatRequest,
  agreed: z.object({
    prices,
    beforeAtomic: atomicText,
    maxChargeAtomic: atomicText,
    channelId: bytes32,
  }),
})
export type Proof = z.infer<typeof proof>

const answer = z.object({
  text: z.string(),
  /** `stopped` by its reader; `broken` when the machine or the network failed. Both keep the text that came. */
  end: z.enum(['whole', 'stopped', 'broken']),
  proof: proof.optional(),
  firstTokenMs: z.number().optional(),
  tokensPerSecond: z.number().optional(),
})
export type KeptAnswer = z.infer<typeof answer>

const exchange = z.object({
  question: z.string(),
  answers: z.array(answer),
  /** Which of the answers is shown, and sent along with the next question. */
  shown: z.number().int(),
})
export type Exchange = z.infer<typeof exchange>

const conversation = z.object({
  id: z.string(),
  beganAtMs: z.number(),
  exchanges: z.array(exchange),
})
export type Conversation = z.infer<typeof conversation>

export const newConversation = (): Conversation => ({
  id: crypto.randomUUID(),
  beganAtMs: Date.now(),
  exchanges: [],
})

export const readConversation = (text: string): Conversation | null =>
  conversation.safeParse(JSON.parse(text)).data ?? null

export const titleOf = ({ exchanges }: Conversation): string =>
  exchanges[0]?.question.slice(0, 60) || 'Nothing asked yet'

export const shownAnswer = ({ answers, shown }: Exchange): KeptAnswer | undefined => answers[shown]

/** What the chat cost so far, by its receipts. */
export const costOf = ({ exchanges }: Conversation): bigint =>
  exchanges
    .flatMap(({ answers }) => answers)
    .reduce((sum, { proof: kept }) => sum + BigInt(kept?.receipt.chargedAtomic ?? 0), 0n)

/** The messages that a question is sent with: all that was said before, as it is shown. */
export function messagesOf(before: readonly Exchange[], question: string) {
  const said = before.flatMap(one => [
    { role: 'user' as const, content: one.question },
    ...(shownAnswer(one)?.text
      ? [{ role: 'assistant' as const, content: shownAnswer(one)?.text ?? '' }]
      : []),
  ])
  return [...said, { role: 'user' as const, content: question }]
}

export function asMarkdown(title: string, { exchanges }: Conversation): string {
  const parts = exchanges.map(one => `**You:** ${one.question}\n\n${shownAnswer(one)?.text ?? ''}`)
  return `# ${title}\n\n${parts.join('\n\n---\n\n')}\n`
}
