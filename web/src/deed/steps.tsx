/** The steps of a deed as a list: which is done, which is under way, which is to come; told to a screen reader as it moves. */
import type { Step } from './use-deed.ts'

const WORDS: Record<Step, string> = {
  check: 'Checked on the chain',
  sign: 'Signed in your wallet',
  allow: 'The payment allowed',
  batch: 'Confirmed in your wallet, all in one',
  send: 'Sent by your wallet',
  relay: 'Sent by this edge, which pays the network',
  block: 'Written in a block',
  finish: 'Done',
}
const DOING: Record<Step, string> = {
  check: 'Checking on the chain…',
  sign: 'Your wallet asks you to sign. Nothing moves before you do.',
  allow: 'Your wallet asks you to allow exactly this payment.',
  batch: 'Your wallet asks you once, for the payment and what it is for: both happen, or neither.',
  send: 'Your wallet asks you to send it.',
  relay: 'This edge sends it and pays the network.',
  block: 'Waiting for the block that holds it…',
  finish: 'Finishing…',
}

export function Steps({ steps, at }: { steps: readonly Step[]; at: Step | 'done' }) {
  return <StepList steps={steps.map(name => ({ name, done: WORDS[name], doing: DOING[name] }))} at={at} />
}

export type NamedStep = { name: string; done: string; doing: string }

export function StepList({ steps, at }: { steps: readonly NamedStep[]; at: string }) {
  const place = at === 'done' ? steps.length : steps.findIndex(({ name }) => name === at)
  return (
    <>
      <ol className="space-y-1.5">
        {steps.map(({ name, done, doing }, index) => {
          const state = index < place ? 'past' : index === place ? 'now' : 'next'
          return (
            <li key={name} className={`flex gap-3 ${state === 'next' ? 'text-faded' : ''}`}>
              <span aria-hidden="true" className="w-5 text-center text-rubric">
                {state === 'past' ? '✓' : state === 'now' ? '›' : '·'}
              </span>
              <span className={state === 'now' ? 'font-bold' : ''}>{state === 'now' ? doing : done}</span>
            </li>
          )
        })}
      </ol>
      <p role="status" className="unseen">
        {steps[place]?.doing ?? 'Done'}
      </p>
    </>
  )
}
