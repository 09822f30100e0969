/** Registering: what will stand on the ledger, what goes into the bond, one press, and what comes after it. */
import type { BondRules } from '@grimoire/client/operator-standing'
import { Bill } from '../deed/bill.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Pairs } from '../design/pairs.tsx'
import type { Session } from '../wallet/session.ts'
import { money, plain, short } from '../words/plain.ts'
import { useOwnersDeed } from './act.tsx'
import { Then } from './commands.tsx'
import type { Wanted } from './register-form.tsx'
import { daysOf } from './spans.ts'

type Props = { wanted: Wanted; rules: BondRules; session: Session; close: () => void }

function Review({ wanted, rules, session }: Omit<Props, 'close'>) {
  const { endpoint, paymentKey, sessionKey, prices, bondAtomic } = wanted
  return (
    <div className="space-y-5">
      <Pairs
        look="facts"
        pairs={[
          ['Owner', `${plain(session.name)}, ${short(session.address)}`],
          ['At', plain(endpoint)],
          ['Payment key', short(paymentKey)],
          ['Session key', short(sessionKey)],
          ['An answer', money(prices.turnFeeAtomic)],
          [
            'A million bytes',
            `${money(prices.inputPerMillionBytesAtomic)} in, ${money(prices.outputPerMillionBytesAtomic)} out`,
          ],
        ]}
      />
      <Bill
        session={session}
        lines={[['The bond, which stays yours', bondAtomic]]}
        totalAtomic={bondAtomic}
      />
      <p className="whisper">
        Your wallet allows the ledger exactly {money(bondAtomic)} and registers, in one confirmation where it
        can and in two otherwise; each shows you its network fee. What was allowed before stays allowed, and
        is not asked for again. The bond is free {daysOf(rules.unbondingSeconds)} after you leave. Endpoint,
        keys and prices can be changed at any time; everyone can read them.
      </p>
    </div>
  )
}

export function RegisterDialog({ wanted, rules, session, close }: Props) {
  const { state, reset, run, steps } = useOwnersDeed(session, true)
  const register = () =>
    run((verbs, market, wallet, tell) => verbs.registerOperator(market, { ...wanted, wallet, tell }))
  return (
    <Dialog title={state.stage === 'done' ? 'Registered' : 'Register'} close={close}>
      {state.stage === 'review' && (
        <>
          <Review wanted={wanted} rules={rules} session={session} />
          <button type="button" className="button chief mt-5 w-full" onClick={register}>
            Register with a bond of {money(wanted.bondAtomic)}
          </button>
        </>
      )}
      <UnderWay state={state} steps={steps} again={reset} label="Look at it again" />
      {state.stage === 'done' && (
        <div className="space-y-5">
          <p>
            The ledger knows the machine, and {money(wanted.bondAtomic)} vouch for it. Send the payment key a
            little of the chain’s own coin, and start it:
          </p>
          <Then />
          <button type="button" className="button chief w-full" onClick={close}>
            To its page
          </button>
        </div>
      )}
    </Dialog>
  )
}
