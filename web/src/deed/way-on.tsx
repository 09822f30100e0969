/** Why a purchase did not go on, and the way that leads on from there, by the reason. */
import { asProblem, type ProblemCode } from '@grimoire/schema/problem'
import { useEffect } from 'react'
import { Again, Refusal } from '../design/states.tsx'
import { Offline } from './offline.tsx'

/** The market has changed: what is true now stands on the page behind. */
const LOOK: Partial<Record<ProblemCode, string>> = {
  sold_out: 'See what holders ask',
  order_cancelled: 'See what is offered now',
  order_expired: 'See what is offered now',
  order_filled: 'See what is offered now',
  listing_not_held: 'See what is offered now',
  proceeds_too_low: 'See what is offered now',
}
/** The same once more, from where it was. */
const GO_ON: Partial<Record<ProblemCode, string>> = {
  chain_wrong: 'Ask my wallet to switch',
  chain_unreachable: 'Go on where it was',
  edge_unreachable: 'Go on where it was',
  timed_out: 'Go on where it was',
  relayer_waits: 'Try again',
  purchase_under_way: 'Try again',
}

export function WayOn(props: { error: unknown; look: () => void; goOn: () => void; again: () => void }) {
  const { error, look, goOn, again } = props
  const { code } = asProblem(error)
  const looking = LOOK[code]
  const going = GO_ON[code]
  // As is said beside it: a line that is back needs no press.
  useEffect(() => {
    if (code !== 'chain_unreachable') return
    window.addEventListener('online', goOn)
    return () => window.removeEventListener('online', goOn)
  }, [code, goOn])
  return (
    <Refusal error={error}>
      {code === 'chain_unreachable' && <Offline />}
      {looking && <Again run={look} label={looking} />}
      {going && <Again run={goOn} label={going} />}
      {!looking && !going && <Again run={again} label="Look at it again" />}
    </Refusal>
  )
}
