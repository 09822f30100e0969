/** What still keeps a draft from being minted, each with the step at which it is mended; and the draft as it would be sealed. */

import { cardSource, checkedData } from '@grimoire/schema/card-import'
import { parseDotprompt } from '@grimoire/schema/dotprompt'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import { asProblem } from '@grimoire/schema/problem'
import { LIMITS, type Terms, terms } from '@grimoire/schema/work'
import { isTag } from '../market/search.ts'
import { typedSum } from '../words/typed-sum.ts'
import { type Draft, titleOfDraft } from './draft.ts'
import type { StudioStep } from './steps.ts'

export type Lack = { step: StudioStep; text: string }

/** The sealed text. */
export const cardOf = (draft: Draft): string =>
  draft.kind === 'chatbot' ? cardSource(draft.data) : draft.source

/** Why a node would refuse the card, or null. */
export function cardFault(draft: Draft): string | null {
  try {
    if (draft.kind === 'chatbot') checkedData(draft.data)
    else parseDotprompt(draft.source)
    return null
  } catch (error) {
    const { got, expected } = asProblem(error).details
    return [got, expected]
      .filter(part => part !== undefined)
      .map(String)
      .join(': expected ')
  }
}

export const tagsOf = (text: string): string[] =>
  text
    .split(',')
    .map(tag => tag.trim())
    .filter(tag => tag !== '')

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/

export type TermFault = { field: keyof Draft['terms']; text: string }

const moneyOf = (text: string): string | null => typedSum(text)?.toString() ?? null

/** `7.5` percent as whole hundredths of a percent. */
const bpsOf = (text: string): number =>
  /^\d+(\.\d{1,2})?$/.test(text.trim()) ? Math.round(Number(text) * 100) : -1

const MONEY = ['price', 'maxTurnFee', 'maxInput', 'maxOutput'] as const

export function termFaults({ terms: typed }: Draft): TermFault[] {
  const faults: TermFault[] = []
  const shares = [
    ['resalePercent', LIMITS.maxResaleRoyaltyBps],
    ['usagePercent', LIMITS.maxUsageRoyaltyBps],
  ] as const
  for (const field of MONEY)
    if (moneyOf(typed[field]) === null)
      faults.push({ field, text: 'Write a sum with at most six decimals, like 9.50, or 0.' })
  for (const [field, most] of shares) {
    const bps = bpsOf(typed[field])
    if (bps < 0 || bps > most)
      faults.push({ field, text: `Write a share from 0 to ${most / 100}, with at most two decimals.` })
  }
  const editions = Number(typed.editionCap)
  if (!/^\d+$/.test(typed.editionCap.trim()) || editions < 1 || editions > 0xffff_ffff)
    faults.push({ field: 'editionCap', text: 'Write a whole number, at least 1.' })
  return faults
}

/** The terms as the ledger takes them, or null while one of them is wrong. */
export function termsOf(draft: Draft): Terms | null {
  if (termFaults(draft).length > 0) return null
  const { kind, terms: typed } = draft
  const parsed = terms.safeParse({
    ...{ kind, disclosure: typed.disclosure, admission: typed.admission },
    editionCap: Number(typed.editionCap),
    priceAtomic: moneyOf(typed.price),
    resaleRoyaltyBps: bpsOf(typed.resalePercent),
    usageRoyaltyBps: bpsOf(typed.usagePercent),
    maxTurnFeeAtomic: moneyOf(typed.maxTurnFee),
    maxInputPerMillionBytesAtomic: moneyOf(typed.maxInput),
    maxOutputPerMillionBytesAtomic: moneyOf(typed.maxOutput),
  })
  return parsed.success ? parsed.data : null
}

export function lacks(draft: Draft): Lack[] {
  const { words, base, terms: typed } = draft
  const fault = cardFault(draft)
  const tags = tagsOf(words.tags)
  const found: [boolean, StudioStep, string][] = [
    [fault !== null, 'write', `The card cannot be used: ${fault ?? ''}`],
    [titleOfDraft(draft).length > 80, 'terms', 'The title is longer than 80 characters.'],
    [words.summary.trim() === '', 'terms', 'A summary: what one gets, in a few sentences.'],
    [words.summary.length > 600, 'terms', 'The summary is longer than 600 characters.'],
    [
      tags.length > 12 || !tags.every(isTag),
      'terms',
      'A tag is not made of small letters, digits and dashes.',
    ],
    [!LANGUAGE.test(words.language), 'terms', 'A language, as two or three letters.'],
    [words.licence.trim() === '' || words.licence.length > 80, 'terms', 'A licence.'],
    [base === null, 'terms', 'The base model that it was written for.'],
    [termFaults(draft).length > 0, 'terms', 'One of the terms is not a number that the ledger takes.'],
    [
      typed.admission === 'listed' && typed.admitted.length > 16,
      'terms',
      'At most 16 machines can be listed.',
    ],
  ]
  return found.filter(([lacking]) => lacking).map(([, step, text]) => ({ step, text }))
}

export const wordsOf = (draft: Draft) => ({
  title: titleOfDraft(draft).slice(0, 80),
  summary: draft.words.summary.trim(),
  tags: tagsOf(draft.words.tags),
  language: draft.words.language,
  licence: draft.words.licence.trim(),
})

/** What is sealed, in the manifest's order. */
export function partsOf(draft: Draft, adapter: Uint8Array<ArrayBuffer> | undefined) {
  const [name, mediaType] =
    draft.kind === 'chatbot'
      ? ['card.json', MEDIA_TYPES.chatbotCard]
      : ['work.prompt', MEDIA_TYPES.promptCard]
  const card = { role: 'card' as const, name, mediaType, bytes: new TextEncoder().encode(cardOf(draft)) }
  if (!adapter || !draft.adapter) return [card]
  const { name: file } = draft.adapter
  return [card, { role: 'adapter' as const, name: file, mediaType: MEDIA_TYPES.adapter, bytes: adapter }]
}
