/** Giving an edition away: to whom, that nothing is paid, and that nobody can take it back. */
import { sameAddress } from '@grimoire/schema/hex'
import { useId, useState } from 'react'
import { Done } from '../deed/done.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Dialog } from '../design/dialog.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { isAddress } from '../words/address.ts'
import { short } from '../words/plain.ts'
import type { Held } from './queries.ts'

const STEPS: readonly Step[] = ['check', 'send', 'block']

/** Why nobody can be given anything at this address, or null. What its capitals say is checked with the deed. */
function whyNot(text: string, own: string): string | null {
  if (!isAddress(text)) return 'An address is 0x and 40 digits or letters from a to f.'
  if (/^0x0+$/.test(text)) return 'This address is nobody’s: what is sent there is lost.'
  return sameAddress(text, own) ? 'This is your own address.' : null
}

/** In groups of four, so that an eye can go from one to the next; heard and copied it is one word. */
function Address({ address }: { address: string }) {
  const groups = [...address.slice(2).matchAll(/.{4}/g)]
  return (
    <p className="border border-line p-3">
      <span className="unseen">{address}</span>
      <span
        aria-hidden="true"
        className="grid grid-cols-5 gap-x-2 gap-y-1 text-center font-mono tabular-nums select-none"
      >
        {groups.map(({ 0: group, index }) => (
          <span key={index}>{group}</span>
        ))}
      </span>
    </p>
  )
}

function Meant({ held, to }: { held: Held; to: string }) {
  return (
    <div className="space-y-3">
      <p>
        You give one edition of <strong>{titleOf(held.work)}</strong> to
      </p>
      <Address address={to} />
      <p>
        <strong>This cannot be undone:</strong> nobody, not its maker and not this market, can bring it back.
        {held.editions === 1n && held.openedCopies === 0n
          ? ' It is your only one; from the next block on it answers them and no longer you.'
          : ''}
      </p>
    </div>
  )
}

function Recipient(props: { typed: string; wrong: string | null; change: (typed: string) => void }) {
  const { typed, wrong, change } = props
  const hint = useId()
  return (
    <label className="block">
      The address of whoever gets it
      <input
        className="field mt-1 font-mono"
        autoComplete="off"
        spellCheck={false}
        required
        value={typed}
        onChange={event => change(event.target.value)}
        aria-describedby={hint}
        aria-invalid={wrong !== null}
      />
      <span id={hint} className="whisper">
        {wrong ?? 'A gift costs its network fee only; no royalty is due.'}
      </span>
    </label>
  )
}

type ReviewProps = {
  held: Held
  own: string
  typed: string
  change: (typed: string) => void
  give: (to: `0x${string}`) => void
}

function Review({ held, own, typed, change, give }: ReviewProps) {
  const [sure, setSure] = useState(false)
  const to = typed.trim()
  const wrong = whyNot(to, own)
  return (
    <form
      className="space-y-5"
      onSubmit={event => {
        event.preventDefault()
        if (isAddress(to) && wrong === null && sure) give(to)
      }}
    >
      <Recipient
        typed={typed}
        wrong={to === '' ? null : wrong}
        change={next => {
          change(next)
          setSure(false)
        }}
      />
      {wrong === null && (
        <>
          <Meant held={held} to={to} />
          <label className="flex min-h-11 items-center gap-3">
            <input type="checkbox" checked={sure} onChange={event => setSure(event.target.checked)} />I have
            compared the address, letter by letter
          </label>
        </>
      )}
      <button type="submit" className="button chief w-full" disabled={wrong !== null || !sure}>
        Give it away for good
      </button>
    </form>
  )
}

export function GiveDialog({ held, session, close }: { held: Held; session: Session; close: () => void }) {
  // Here, so that a refusal loses nothing of it.
  const [typed, setTyped] = useState('')
  const deed = useDeed<unknown>()
  const { state } = deed
  const give = (to: `0x${string}`) =>
    void deed.run(session, (hands, market, wallet) =>
      hands.giftEdition(market, { wallet, workId: held.workId, to }),
    )
  return (
    <Dialog title={state.stage === 'done' ? 'Given' : 'Give an edition away'} close={close}>
      {state.stage === 'review' && (
        <Review held={held} own={session.address} typed={typed} change={setTyped} give={give} />
      )}
      <UnderWay state={state} steps={STEPS} again={deed.reset} label="Look at it again" />
      {state.stage === 'done' && (
        <Done close={close}>
          One edition of <strong>{titleOf(held.work)}</strong> is with {short(typed.trim())} now.
        </Done>
      )}
    </Dialog>
  )
}
