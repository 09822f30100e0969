/** Taking a listing or an offer back: one press, one transaction. */
import { useDeed } from '../deed/use-deed.ts'
import { Refusal } from '../design/states.tsx'
import type { Session } from '../wallet/session.ts'

/** `what` tells one button from the others to whoever does not see what it stands beside. */
export function Withdraw({ nonce, session, what }: { nonce: string; session: Session; what: string }) {
  const deed = useDeed<unknown>()
  const { state } = deed
  const withdraw = () =>
    void deed.run(session, (hands, market, wallet) => hands.cancelOrders(market, { wallet, nonces: [nonce] }))
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={state.stage === 'running' || state.stage === 'done'}
        onClick={withdraw}
      >
        {state.stage === 'running' ? 'Withdrawing…' : 'Withdraw'}
        <span className="unseen"> {what}</span>
      </button>
      {state.stage === 'failed' && (
        <div className="w-full">
          <Refusal error={state.error} />
        </div>
      )}
    </>
  )
}
