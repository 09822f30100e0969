/** Selling an edition again: the price, what each gets of it, one signature; nothing moves until someone buys. */
import { parseMoney } from '@grimoire/schema/amounts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Steps } from '../deed/steps.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Dialog } from '../design/dialog.tsx'
import { Shares } from '../design/shares.tsx'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { money } from '../words/plain.ts'
import { checkedWork } from '../work/queries.ts'
import { sharesOfResale } from '../work/shares-of.ts'
import type { Held } from './queries.ts'

const STEPS: readonly Step[] = ['check', 'sign']
const DAYS = [1, 7, 30] as const
const DAY_SECONDS = 24 * 3600

/** The sum as it is typed, or null while it is none. */
function priceOf(text: string): bigint | null {
  try {
    const priceAtomic = parseMoney(text)
    return priceAtomic > 0n ? priceAtomic : null
  } catch {
    return null
  }
}

function Division({ workId, priceAtomic }: { workId: string; priceAtomic: bigint }) {
  const work = useQuery(checkedWork(workId))
  if (work.isError) return <Refusal error={work.error} />
  if (!work.data) return <Waiting label="Asking what the ledger takes" lines={3} />
  return <Shares title="When it is sold" shares={sharesOfResale(work.data, priceAtomic)} />
}

export function SellDialog({ held, session, close }: { held: Held; session: Session; close: () => void }) {
  const { work, workId } = held
  const [text, setText] = useState('')
  const [days, setDays] = useState<number>(7)
  const deed = useDeed<unknown>()
  const { state } = deed
  const priceAtomic = priceOf(text)
  const list = () =>
    void deed.run(session, (hands, market, wallet) =>
      hands.listEdition(market, {
        wallet,
        workId,
        priceAtomic: priceAtomic ?? 0n,
        lastsSeconds: days * DAY_SECONDS,
      }),
    )
  return (
    <Dialog title={state.stage === 'done' ? 'Offered' : 'Sell an edition'} close={close}>
      {state.stage === 'review' && (
        <form
          className="space-y-5"
          onSubmit={event => {
            event.preventDefault()
            if (priceAtomic !== null) list()
          }}
        >
          <p>
            You offer one edition of <strong>{titleOf(work)}</strong>. It stays yours until someone pays; from
            the next block on it answers its buyer and no longer you.
          </p>
          <label className="block">
            Price in dollars
            <input
              className="field mt-1"
              inputMode="decimal"
              autoComplete="off"
              required
              value={text}
              onChange={event => setText(event.target.value)}
              aria-describedby="price-hint"
            />
            <span id="price-hint" className="whisper">
              Its maker asks {money(work.terms.priceAtomic)} for a new one.
              {text && priceAtomic === null
                ? ' Write a number above 0 with at most six decimals, like 9.50.'
                : ''}
            </span>
          </label>
          <label className="block">
            For how long
            <select
              className="field mt-1"
              value={days}
              onChange={event => setDays(Number(event.target.value))}
            >
              {DAYS.map(number => (
                <option key={number} value={number}>
                  {number === 1 ? 'One day' : `${number} days`}
                </option>
              ))}
            </select>
          </label>
          {priceAtomic !== null && <Division workId={workId} priceAtomic={priceAtomic} />}
          <p className="whisper">One signature, no transaction and no fee. You can withdraw the offer.</p>
          <button type="submit" className="button chief w-full" disabled={priceAtomic === null}>
            {priceAtomic === null ? 'Offer it' : `Offer it for ${money(priceAtomic)}`}
          </button>
        </form>
      )}
      {state.stage === 'running' && <Steps steps={STEPS} at={state.step} />}
      {state.stage === 'failed' && (
        <Refusal error={state.error}>
          <Again run={deed.reset} label="Look at it again" />
        </Refusal>
      )}
      {state.stage === 'done' && (
        <>
          <p>
            It stands on the market for {money(priceAtomic ?? 0n)}. When it is bought, the money is with you
            at once.
          </p>
          <button type="button" className="button mt-5" onClick={close}>
            Good
          </button>
        </>
      )}
    </Dialog>
  )
}
