/** What was asked and answered in a test run, and which of it is kept as a sample. */
import type { DraftTurn } from '@grimoire/client/run-draft'
import { plain, plural, short } from '../words/plain.ts'
import { Prose } from '../words/prose.tsx'
import type { Sample } from './draft.ts'
import type { Said } from './trial.ts'
import type { Editing } from './use-draft.ts'

const MAX_SAMPLES = 3

/** Whose word it is, and a press that keeps it with the draft. */
function Signed(props: { said: Said; turn: DraftTurn; editing: Editing }) {
  const { said, turn, editing } = props
  const { draft, change } = editing
  const { receipt, receiptSignature: signature } = turn
  const isPinned = draft.samples.some(sample => sample.signature === signature)
  const pin = () => {
    const sample: Sample = {
      ...{ question: said.question, answer: said.text, operator: receipt.operator },
      ...{ receipt, signature },
    }
    change(now => ({ samples: [...now.samples, sample].slice(0, MAX_SAMPLES) }))
  }
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-3">
      <span className="whisper">
        ✓ signed by {short(receipt.operator)}, {plural(receipt.outputTokens, 'token')}
      </span>
      <button
        type="button"
        className="button quiet"
        disabled={isPinned || draft.samples.length >= MAX_SAMPLES}
        onClick={pin}
      >
        {isPinned ? 'Pinned' : 'Pin as a sample'}
      </button>
    </p>
  )
}

/** Read out when an answer is whole, and not piece by piece. */
export function Transcript(props: { said: readonly Said[]; asking: boolean; editing: Editing }) {
  const { said, asking, editing } = props
  return (
    <div role="log" aria-label="Test run" aria-busy={asking} className="space-y-5">
      {said.map((one, index) => (
        // Said once, in this order.
        <div key={`${String(index)}-${one.question}`}>
          <p className="border-l-3 border-line pl-3 whitespace-pre-wrap">{plain(one.question)}</p>
          <div className="mt-2">
            {one.text ? <Prose text={one.text} /> : <p className="text-faded">Thinking…</p>}
          </div>
          {one.turn && <Signed said={one} turn={one.turn} editing={editing} />}
        </div>
      ))}
    </div>
  )
}

/** They go with the draft: their questions are those that a machine is asked to prove the work with. */
export function Pinned({ editing: { draft, change } }: { editing: Editing }) {
  if (draft.samples.length === 0) return null
  const remove = (signature: string) =>
    change(now => ({ samples: now.samples.filter(one => one.signature !== signature) }))
  return (
    <div className="border-t border-line pt-3">
      <h3 className="mb-1 font-bold">Pinned samples</h3>
      <ul className="space-y-2">
        {draft.samples.map(({ question, answer, operator, signature }) => (
          <li key={signature}>
            <p className="line-clamp-2">{plain(question)}</p>
            <p className="line-clamp-2 font-book text-lg">{plain(answer)}</p>
            <p className="flex flex-wrap items-center gap-x-3">
              <span className="whisper">receipt of {short(operator)} kept</span>
              <button type="button" className="button quiet" onClick={() => remove(signature)}>
                Unpin<span className="unseen"> {plain(question)}</span>
              </button>
            </p>
          </li>
        ))}
      </ul>
    </div>
  )
}
