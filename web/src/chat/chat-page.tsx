/** Chatting with a work that one holds: who one is, what this device keeps of it, and then the room. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Notice } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { askForWallet } from '../wallet/asking.ts'
import { type Session, useSession } from '../wallet/session.ts'
import { Conversing } from './conversing.tsx'
import { chatShelf } from './shelf.ts'

function Chat({ session, workId }: { session: Session; workId: string }) {
  const found = useQuery(chatShelf(session, workId))
  useTitle(found.data?.shelf.title || 'Chat')
  return (
    <Asked question={found} waiting="Opening what is kept here" lines={5} className="narrow pt-14">
      {kept => <Conversing key={`${session.address}${workId}`} kept={kept} />}
    </Asked>
  )
}

export function ChatPage() {
  const { workId } = useParams({ from: '/chat/$workId' })
  const session = useSession()
  if (session) return <Chat session={session} workId={workId} />
  return (
    <Notice title="Who is asking?">
      <p>A work answers those who hold it. Choose the wallet that holds yours.</p>
      <button type="button" className="button chief" onClick={() => void askForWallet()}>
        Choose a wallet
      </button>
    </Notice>
  )
}
