/** A slash that is announced: how much, when and why, and the operator's one answer, which stands on the chain. */
import type { PendingSlash } from '@grimoire/client/operator-standing'
import { useState } from 'react'
import { Field } from '../design/field.tsx'
import { Pairs } from '../design/pairs.tsx'
import { Chapter } from '../design/sheet.tsx'
import type { Session } from '../wallet/session.ts'
import { moment, money, plain } from '../words/plain.ts'
import { Act } from './act.tsx'
import { daysOf } from './spans.ts'
import type { Standing } from './state.tsx'

const MOST_CHARS = 500

function Answer({ session, answerSeconds }: { session: Session; answerSeconds: number }) {
  const [words, setWords] = useState('')
  return (
    <div className="mt-5 max-w-2xl space-y-3">
      <Field
        label="Your answer"
        value={words}
        onChange={setWords}
        rows={3}
        maxLength={MOST_CHARS}
        hint={`In words or a link; everyone can read it, for ever. It moves the day by ${daysOf(answerSeconds)}, and can be given once.`}
      />
      <Act
        session={session}
        label="Answer on the chain"
        disabled={words.trim() === ''}
        act={(verbs, market, wallet) => verbs.answerSlash(market, { wallet, words: words.trim() })}
        done="It stands beside the announcement."
      />
    </div>
  )
}

export function Announced(props: { session: Session; standing: Standing; slash: PendingSlash }) {
  const { session, standing, slash } = props
  return (
    <Chapter title="Announced against it">
      <Pairs
        look="facts"
        pairs={[
          ['How much', `${money(slash.amountAtomic)} of ${money(standing.record.bondAtomic)}`],
          [
            'From when',
            `${moment(slash.dueAtSeconds)} until ${moment(slash.lapsesAtSeconds)}; then it lapses`,
          ],
          ['Why', slash.reason === null ? 'The chain’s endpoint does not say.' : plain(slash.reason)],
        ]}
      />
      {slash.isAnswered ? (
        <p className="mt-4">You have answered. The owner of the registry may still take it back.</p>
      ) : (
        <Answer session={session} answerSeconds={standing.rules.slashAnswerSeconds} />
      )}
    </Chapter>
  )
}
