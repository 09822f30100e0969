/** Chatting with a work that one holds: who one is, whether one holds it, and then the room. */
import { Problem } from '@grimoire/schema/problem'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Again, Notice, Refusal, Waiting } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { askForWallet } from '../wallet/asking.ts'
import { useSession } from '../wallet/session.ts'
import { plain } from '../words/plain.ts'
import { Conversing } from './conversing.tsx'
import { chatPlace } from './queries.ts'

export function ChatPage() {
  const { workId } = useParams({ from: '/chat/$workId' })
  const session = useSession()
  const found = useQuery(chatPlace(session, workId))
  useTitle(found.data ? found.data.work.manifest.title : 'Chat')
  if (!session)
    return (
      <Notice title="Who is asking?">
        <p>A work answers those who hold it. Choose the wallet that holds yours.</p>
        <button type="button" className="button chief" onClick={() => void askForWallet()}>
          Choose a wallet
        </button>
      </Notice>
    )
  if (found.isPending)
    return (
      <div className="narrow pt-14">
        <Waiting label="Asking the chain, and a machine for its price" lines={5} />
      </div>
    )
  if (found.isError)
    return (
      <div className="narrow pt-14">
        <Refusal error={found.error}>
          <Again run={() => void found.refetch()} />
        </Refusal>
      </div>
    )
  const { work, place, before = [] } = found.data
  if (!place)
    return (
      <div className="narrow space-y-6 pt-14">
        <h1>{plain(work.manifest.title)}</h1>
        <Refusal error={new Problem('not_holder', { got: session.address })}>
          <Link to="/works/$workId" params={{ workId }} className="button chief">
            Look at the work
          </Link>
          <button type="button" className="button" onClick={() => void askForWallet()}>
            Use another wallet
          </button>
        </Refusal>
      </div>
    )
  return <Conversing key={`${session.address}${workId}`} place={place} work={work} before={before} />
}
