/** What one can do with what one holds: sell it, give it away, open a copy or read it. The same in the library and on the work's page. */
import { EverywhereDialog } from '../everywhere/everywhere-dialog.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { GiveDialog } from './give-dialog.tsx'
import type { Held } from './queries.ts'
import { ReadDialog } from './read-dialog.tsx'
import { SellDialog } from './sell-dialog.tsx'

export type Doing = { what: 'sell' | 'give' | 'read' | 'everywhere'; held: Held }

export function HoldingDeeds({ held, act }: { held: Held; act: (doing: Doing) => void }) {
  const { work, editions, openedCopies } = held
  const title = titleOf(work)
  return (
    <>
      {editions > 0n && (
        <>
          <button type="button" className="button" onClick={() => act({ what: 'sell', held })}>
            Sell<span className="unseen"> {title}</span>
          </button>
          <button type="button" className="button" onClick={() => act({ what: 'give', held })}>
            Give away<span className="unseen"> {title}</span>
          </button>
        </>
      )}
      {openedCopies > 0n ? (
        <button type="button" className="button" onClick={() => act({ what: 'read', held })}>
          Read<span className="unseen"> {title}</span>
        </button>
      ) : (
        work.terms.disclosure === 'openable' && (
          <button type="button" className="button" onClick={() => act({ what: 'read', held })}>
            Open a copy<span className="unseen"> of {title}</span>
          </button>
        )
      )}
    </>
  )
}

export function HoldingDialog(props: { doing: Doing; session: Session; close: () => void }) {
  const { doing, session, close } = props
  const { what, held } = doing
  if (what === 'sell') return <SellDialog {...{ held, session, close }} />
  if (what === 'give') return <GiveDialog {...{ held, session, close }} />
  if (what === 'read') return <ReadDialog {...{ held, session, close }} />
  return <EverywhereDialog {...{ session, close, workId: held.workId, title: titleOf(held.work) }} />
}
