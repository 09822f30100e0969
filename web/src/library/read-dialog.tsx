/** Opening a copy, and reading what was opened: what it burns is said before, its text is shown after and kept nowhere. */
import { useState } from 'react'
import { Steps } from '../deed/steps.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Dialog } from '../design/dialog.tsx'
import { Again, Refusal } from '../design/states.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { plain } from '../words/plain.ts'
import type { Held } from './queries.ts'

const OPEN_STEPS: readonly Step[] = ['check', 'send', 'block', 'sign']
const READ_STEPS: readonly Step[] = ['check', 'sign']

function Warning({ held }: { held: Held }) {
  return (
    <div className="space-y-3">
      <p>
        Opening burns one of your editions of <strong>{titleOf(held.work)}</strong>. You get an opened copy in
        its place: you can read its text for good, it still answers you, and it can never be sold or given
        away.
      </p>
      <p>This cannot be undone.</p>
      <p className="whisper">
        Your wallet sends one transaction, then signs once so that the key nodes give this page their shares
        of the key.
      </p>
    </div>
  )
}

function Text({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <>
      <p className="whisper mb-3">
        Opened on this page just now. It is not kept: close this, and it is gone from here.
      </p>
      <textarea
        className="field h-[45vh] font-mono text-sm"
        aria-label="The opened text"
        readOnly
        value={plain(text)}
      />
      <button type="button" className="button mt-4" onClick={() => void copy()}>
        {copied ? 'Copied' : 'Copy the text'}
      </button>
    </>
  )
}

export function ReadDialog({ held, session, close }: { held: Held; session: Session; close: () => void }) {
  const { workId, openedCopies } = held
  const [first] = useState(openedCopies === 0n)
  const deed = useDeed<{ text: string }>()
  const { state } = deed
  const open = () =>
    void deed.run(session, async (hands, market, wallet) => {
      const { text } = await (first ? hands.openCopy : hands.readOpened)(market, { wallet, workId })
      return { text }
    })
  const title = state.stage === 'done' ? titleOf(held.work) : first ? 'Open a copy' : 'Read your copy'
  return (
    <Dialog title={title} close={close}>
      {state.stage === 'review' && (
        <>
          {first ? (
            <Warning held={held} />
          ) : (
            <p>Your wallet signs once, so that the key nodes give this page their shares of the key.</p>
          )}
          <button type="button" className="button chief mt-5 w-full" onClick={open}>
            {first ? 'Burn an edition and open a copy' : 'Sign and read'}
          </button>
        </>
      )}
      {state.stage === 'running' && <Steps steps={first ? OPEN_STEPS : READ_STEPS} at={state.step} />}
      {state.stage === 'failed' && (
        <Refusal error={state.error}>
          <Again run={open} />
        </Refusal>
      )}
      {state.stage === 'done' && <Text text={state.result.text} />}
    </Dialog>
  )
}
