/** A conversation as it is kept: questions, each with the answers that it got, and what each answer cost and proved. */

import { atomicText } from '@grimoire/schema/amounts'
import { z } from 'zod'
import type { Proof } from './proof.ts'

/** What is shown of it; the whole is read, and worked out again, when one asks. */
const shownOfProof = z.object({
  signature: z.string(),
  request: z.object({ messages: z.array(z.unknown()) }),
  agreed: z.object({ beforeAtomic: atomicText, maxChargeAtomic: atomicText }),
  receipt: z.object({
    ...{ chargedAtomic: atomicText, cumulativeAtomic: atomicText, outputTokens: z.number() },
    ...{ sequence: z.number(), split: z.object({ creatorAtomic: atomicText }) },
  }),
})
const proof = z.custom<Proof>(value => shownOfProof.safeParse(value).success)

const answer = z.object({
  text: z.string(),
  /** `stopped` by its reader; `broken` when the machine or the network failed. Both keep the text that came. */
  end: z.enum(['whole', 'stopped', 'broken']),
  /** Why the machine cut it, in a sentence. */
  notice: z.string().optional(),
  /** One of an earlier form is dropped, the words stay. */
  proof: proof.optional().catch(undefined),
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
  /** As its reader called it. */
  name: z.string().optional(),
  pinned: z.boolean().optional(),
  /** The conversation that it was a turning off from. */
  branchOf: z.string().optional(),
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

/** All that was said before a question, as a conversation of its own: the old one stays as it is. */
export const branchBefore = (whole: Conversation, index: number): Conversation => ({
  ...newConversation(),
  branchOf: whole.id,
  ...(whole.name ? { name: `${whole.name}, another way` } : {}),
  exchanges: whole.exchanges.slice(0, index),
})

export const MAX_NAME_CHARS = 80

export const titleOf = ({ name, exchanges }: Conversation): string =>
  name || exchanges[0]?.question.slice(0, 60) || 'Nothing asked yet'

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
