/** That this edge's moderators took a work out of its lists, why, and what that does not change. */
import type { WorkDetail } from '@grimoire/schema/catalogue'
import type { Reason } from '@grimoire/schema/moderation'
import { day, plain } from '../words/plain.ts'

const REASONS: Record<Reason, string> = {
  unlawful: 'it is said to be unlawful',
  infringing: 'it is said to be somebody else’s',
  harmful: 'it is said to do harm',
  impersonation: 'it is said to pretend to be somebody',
  misleading: 'it is said to promise what it is not',
  spam: 'it is said to be spam',
  other: 'for a reason of its own',
}

export function Hidden({ hidden }: { hidden: NonNullable<WorkDetail['hidden']> }) {
  const { reason, note, hiddenAtSeconds } = hidden
  return (
    <div role="note" aria-label="Hidden by this edge" className="mt-5 border-l-3 border-rubric py-1 pl-4">
      <p>
        <strong>Hidden by this edge</strong> since {day(hiddenAtSeconds)}: {REASONS[reason]}.
      </p>
      {note && <p className="whisper whitespace-pre-wrap">“{plain(note)}”</p>}
      <p className="whisper">
        It is left out of lists and search here. Holding, trading and asking it go on, and other edges decide
        for themselves.
      </p>
    </div>
  )
}
