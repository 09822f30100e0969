/** The steps of a deed as a list: which is done, which is under way, which is to come; told to a screen reader as it moves. */
import type { Step } from './use-deed.ts'

const WORDS: Record<Step, string> = {
  check: 'Checked on the chain',
  sign: 'Signed in your wallet',
  send: 'Sent by your wallet',
  block: 'Written in a block',
  finish: 'Done',
}
const DOING: Record<Step, string> = {
  check: 'Checking on the chain…',
  sign: 'Your wallet asks you to sign. Nothing moves before you do.',
  send: 'Your wallet asks you to send it.',
  block: 'Waiting for the block that holds it…',
  finish: 'Finishing…',
}

export function Steps({ steps, at }: { steps: readonly Step[]; at: Step | 'done' }) {
  const place = at === 'done' ? steps.length : steps.indexOf(at)
  return (
    <>
      <ol className="space-y-1.5">
        {steps.map((step, index) => {
          const state = index < place ? 'past' : index === place ? 'now' : 'next'
          return (
            <li key={step} className={`flex gap-3 ${state === 'next' ? 'text-faded' : ''}`}>
              <span aria-hidden="true" className="w-5 text-center text-rubric">
                {state === 'past' ? '✓' : state === 'now' ? '›' : '·'}
              </span>
              <span className={state === 'now' ? 'font-bold' : ''}>
                {state === 'now' ? DOING[step] : WORDS[step]}
              </span>
            </li>
          )
        })}
      </ol>
      <p role="status" className="unseen">
        {at === 'done' ? 'Done' : DOING[at]}
      </p>
    </>
  )
}
