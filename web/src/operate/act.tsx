/** A deed of the owner: from a button to its end in the place where it stands, or in a dialog of its own. */
import type { Market } from '@grimoire/client/market'
import type { Wallet } from '@grimoire/client/wallet'
import { useState } from 'react'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import type { Session } from '../wallet/session.ts'

type Verbs = typeof import('./verbs.ts')['verbs']
export type OwnersAct = (
  verbs: Verbs,
  market: Market,
  wallet: Wallet,
  tell: (step: Step) => void,
) => Promise<unknown>

const SENDS: readonly Step[] = ['check', 'send', 'block']
/** Of a deed that takes money: the ledger may take exactly so much, then it does. */
const PAYS: readonly Step[] = ['check', 'allow', 'send', 'block']
/** The same, of a wallet that confirms both at once. */
const PAYS_AT_ONCE: readonly Step[] = ['check', 'batch', 'block']

export function useOwnersDeed(session: Session, takesMoney = false) {
  const deed = useDeed<unknown>()
  const [atOnce, setAtOnce] = useState(false)
  const run = (act: OwnersAct): void =>
    void deed.run(
      session,
      async (_hands, market, wallet, move) => {
        const { verbs } = await import('./verbs.ts')
        let next: Step = 'send'
        setAtOnce(false)
        const watched: Wallet = {
          ...wallet,
          sendTransaction: async request => {
            const step = next
            move(step)
            const hash = await wallet.sendTransaction(request)
            // The allowance has a block of its own, which is part of its step.
            if (step === 'send') move('block')
            return hash
          },
        }
        return act(verbs, market, watched, step => {
          setAtOnce(step === 'batch' || step === 'block')
          if (step === 'batch' || step === 'block') move(step)
          else next = step
        })
      },
      { tellsItself: true },
    )
  const pays = atOnce ? PAYS_AT_ONCE : PAYS
  return { state: deed.state, reset: deed.reset, run, steps: takesMoney ? pays : SENDS }
}

export function Act(props: {
  session: Session
  label: string
  /** Which of several buttons with this label, for those who do not see what it stands beside. */
  what?: string
  act: OwnersAct
  /** What has come of it, where nothing else on the page says so. */
  done?: string
  className?: string
  disabled?: boolean
  takesMoney?: boolean
}) {
  const { session, label, what, act, done = '', className = 'button', disabled = false } = props
  const { state, reset, run, steps } = useOwnersDeed(session, props.takesMoney)
  if (state.stage === 'running' || state.stage === 'failed')
    return <UnderWay state={state} steps={steps} again={reset} label="Look at it again" />
  return (
    <div>
      <button type="button" className={className} disabled={disabled} onClick={() => run(act)}>
        {label}
        {what && <span className="unseen"> {what}</span>}
      </button>
      <p role="status" className="mt-1 empty:mt-0">
        {state.stage === 'done' ? done : ''}
      </p>
    </div>
  )
}
