/** How an operator stands, in a sentence, and what to do where something is in the way. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import type { OperatorStanding } from '@grimoire/client/operator-standing'
import { day, moment, money } from '../words/plain.ts'
import { leftWords } from './spans.ts'

export type Standing = OperatorStanding & { record: OperatorRecord }

type Words = { title: string; text: string }

function leaving({ record, nowSeconds }: Standing, freeAtSeconds: number): Words {
  if (nowSeconds >= freeAtSeconds)
    return {
      title: 'Its bond is free.',
      text: `Nothing pays ${money(record.bondAtomic)} out by itself, and what stays can still be slashed: withdraw it below.`,
    }
  return {
    title: 'It is leaving.',
    text: `Key nodes open nothing for it any more and no holder is sent to it. Its bond of ${money(record.bondAtomic)} is free in ${leftWords(freeAtSeconds - nowSeconds)}. Until then it can come back.`,
  }
}

function tooSmall({ record, rules, slashedAtSeconds }: Standing): Words {
  const missing = money(rules.minimumBondAtomic - record.bondAtomic)
  if (record.bondAtomic === 0n)
    return {
      title: 'It has no bond.',
      text: `It stays registered with its card, and nobody is sent to it. To serve again add at least ${missing}; there is nothing else to do.`,
    }
  const slashed = slashedAtSeconds === null ? '' : ` A part was taken on ${day(slashedAtSeconds)}.`
  return {
    title: 'Its bond is too small.',
    text: `${money(record.bondAtomic)} are less than the ${money(rules.minimumBondAtomic)} that the ledger asks, so nobody is sent to it.${slashed} Add at least ${missing} to serve again.`,
  }
}

function wordsOf(standing: Standing): Words {
  const { record, slash } = standing
  if (record.freeAtSeconds !== null) return leaving(standing, record.freeAtSeconds)
  if (!record.active) return tooSmall(standing)
  if (slash)
    return {
      title: 'It serves, and a part of its bond is at stake.',
      text: `What is announced against it comes due ${moment(slash.dueAtSeconds)}. ${slash.isAnswered ? 'You have answered.' : 'Read the reason and answer it below.'}`,
    }
  return {
    title: 'It serves.',
    text: `${money(record.bondAtomic)} vouch for it, and holders may be sent to it.`,
  }
}

/** Said again to those who listen whenever a deed has changed it. */
export function State({ standing }: { standing: Standing }) {
  const { title, text } = wordsOf(standing)
  return (
    <div role="status" className="max-w-2xl border-l-3 border-rubric pl-5">
      <p className="font-book text-3xl">{title}</p>
      <p className="mt-1 text-faded">{text}</p>
    </div>
  )
}
