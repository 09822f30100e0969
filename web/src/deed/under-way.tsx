/** A deed between its review and its end: the steps that it takes, or why it did not get there and the way back. */
import { Again, Refusal } from '../design/states.tsx'
import { Steps } from './steps.tsx'
import type { Deed, Step } from './use-deed.ts'

export function UnderWay(props: { state: Deed; steps: readonly Step[]; again: () => void; label?: string }) {
  const { state, steps, again, label } = props
  if (state.stage === 'running') return <Steps steps={steps} at={state.step} />
  if (state.stage !== 'failed') return null
  return (
    <Refusal error={state.error}>
      <Again run={again} {...(label === undefined ? {} : { label })} />
    </Refusal>
  )
}
