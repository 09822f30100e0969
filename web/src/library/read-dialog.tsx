/** Opening a copy, and reading what was opened: what it burns is said before, its text is shown after and kept nowhere. */
import type { OpenedCopy } from '@grimoire/client/open-copy'
import { useState } from 'react'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Copy } from '../design/copy.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Refusal } from '../design/states.tsx'
import { saveFile } from '../device/save-file.ts'
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

type Opened = Pick<OpenedCopy, 'text' | 'knowledge' | 'unread'>

/** Each with its reason, beside those that can be read; one that is only out of reach now is read another time. */
function Unread({ unread }: Pick<Opened, 'unread'>) {
  if (unread.length === 0) return null
  return (
    <section aria-label="Files that could not be read" className="mt-5 space-y-3">
      {unread.map(({ part, problem }) => (
        <div key={part}>
          <h3 className="font-bold">Not read: {plain(part)}</h3>
          <Refusal error={problem} />
        </div>
      ))}
    </section>
  )
}

function Text({ text, knowledge, unread }: Opened) {
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
      <Copy text={text} label="Copy the text" className="button mt-4" />
      {knowledge.length > 0 && (
        <section aria-label="Its knowledge files" className="mt-5">
          <h3 className="font-bold">Its knowledge files</h3>
          <ul>
            {knowledge.map(file => (
              <li key={file.name}>
                <button
                  type="button"
                  className="button quiet -ml-2 text-left [overflow-wrap:anywhere]"
                  onClick={() => saveFile(file.name, 'text/plain', file.text)}
                >
                  Save {plain(file.name)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Unread unread={unread} />
    </>
  )
}

export function ReadDialog({ held, session, close }: { held: Held; session: Session; close: () => void }) {
  const { workId, openedCopies } = held
  const [first] = useState(openedCopies === 0n)
  const deed = useDeed<Opened>()
  const { state } = deed
  const open = () =>
    void deed.run(session, async (hands, market, wallet) => {
      const { text, knowledge, unread } = await (first ? hands.openCopy : hands.readOpened)(market, {
        wallet,
        workId,
      })
      return { text, knowledge, unread }
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
      <UnderWay state={state} steps={first ? OPEN_STEPS : READ_STEPS} again={open} />
      {state.stage === 'done' && <Text {...state.result} />}
    </Dialog>
  )
}
