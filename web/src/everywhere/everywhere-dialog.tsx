/** Asking a work from any program: what is set aside here goes to a gateway of one's own, which speaks OpenAI's language. */
import { GATEWAY_PORT, gatewayUrl } from '@grimoire/client/gateway/place'
import { isProblem } from '@grimoire/schema/problem'
import { Link } from '@tanstack/react-router'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Copy } from '../design/copy.tsx'
import { Dialog } from '../design/dialog.tsx'
import { saveFile } from '../device/save-file.ts'
import type { Session } from '../wallet/session.ts'
import type { TakenAlong } from './export-chat.ts'

const STEPS: readonly Step[] = ['check', 'sign']

const save = ({ name, text }: TakenAlong) => saveFile(name, 'application/json', text)

function Line({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <p className="text-faded">{name}</p>
      <p className="flex flex-wrap items-center justify-between">
        <code className="min-w-0 grow basis-48 pr-3 wrap-anywhere">{text}</code>
        <Copy text={text} what={name} />
      </p>
    </div>
  )
}

/** What to type, and what to tell a program. */
function Ways({ file }: { file: string }) {
  return (
    <div className="space-y-4">
      <Line name="First command" text={`npx grimoire import ${file}`} />
      <Line name="Second command" text="npx grimoire serve" />
      <Line name="Base URL" text={gatewayUrl('127.0.0.1', GATEWAY_PORT)} />
      <p className="whisper">
        Type both in your copy of Grimoire; the first wants the whole path of a file that lies elsewhere. The
        second prints the key that your programs need beside the base URL. Nobody but this machine can ask,
        and it stops at a daily cap.
      </p>
    </div>
  )
}

function Explained({ title }: { title: string }) {
  return (
    <div className="space-y-3">
      <p>
        A small gateway on your own machine lets any program that knows OpenAI’s interface ask{' '}
        <strong>{title}</strong>. It pays each answer out of what you have set aside here.
      </p>
      <p className="whisper">
        Your wallet signs once, a leave of 30 days. The file holds the key of what is set aside: whoever has
        it can spend that, so delete it once it is taken in. This page sets money aside anew at your next
        question.
      </p>
    </div>
  )
}

function NothingSetAside({ workId }: { workId: string }) {
  return (
    <div className="mt-5 border-l-3 border-rubric pl-4">
      <p>
        Nothing is set aside for it yet. One question here does that, and the gateway takes over the rest.
      </p>
      <Link to="/chat/$workId" params={{ workId }} className="button mt-3">
        Ask it one question
      </Link>
    </div>
  )
}

type Props = { workId: string; title: string; session: Session; close: () => void }

export function EverywhereDialog({ workId, title, session, close }: Props) {
  const deed = useDeed<TakenAlong>()
  const { state } = deed
  const take = () =>
    void deed.run(session, async (_hands, market, wallet) => {
      const { exportChat } = await import('./export-chat.ts')
      return exportChat(market, { wallet, workId, title, save })
    })
  const isEmpty = state.stage === 'failed' && isProblem(state.error, 'funds_missing')
  return (
    <Dialog title="Use it everywhere" close={close}>
      {state.stage === 'review' && (
        <>
          <Explained title={title} />
          <button type="button" className="button chief mt-5 w-full" onClick={take}>
            Save it for my gateway
          </button>
        </>
      )}
      {isEmpty ? <NothingSetAside workId={workId} /> : <UnderWay state={state} steps={STEPS} again={take} />}
      {state.stage === 'done' && (
        <div className="space-y-5">
          <p>
            <strong>{state.result.name}</strong> is saved.{' '}
            <button type="button" className="button quiet" onClick={() => save(state.result)}>
              Save it again
            </button>
          </p>
          <Ways file={state.result.name} />
        </div>
      )}
    </Dialog>
  )
}
