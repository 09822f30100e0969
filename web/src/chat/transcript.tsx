/** The transcript, set like a play: the reader's lines small, the work's as a page of a book, the cost in the margin. */
import { memo } from 'react'
import { Copy } from '../design/copy.tsx'
import { plain } from '../words/plain.ts'
import { Prose } from '../words/prose.tsx'
import { type Exchange, shownAnswer } from './conversation.ts'
import { Margin } from './margin.tsx'
import type { Room, RoomState } from './room.ts'
import { Spoken } from './spoken.tsx'

const STEPS = {
  grant: 'Your wallet asks you to let this machine open the work for you.',
  deposit: 'Your wallet asks you to set money aside for answers.',
  ask: 'The machine is thinking…',
  again: 'Going on where it broke off…',
  lost: 'The line to the machine is lost. What came is kept, and goes on when the line is back. Esc gives it up.',
}

function Question({ text, edit }: { text: string; edit?: () => void }) {
  return (
    <div className="ml-auto w-fit max-w-[85%] border-r-2 border-edge py-0.5 pr-4">
      <h2 className="unseen">You said</h2>
      <p className="whitespace-pre-wrap">{plain(text)}</p>
      {edit && (
        <button
          type="button"
          className="button quiet -mb-2 ml-auto block font-normal! text-faded!"
          onClick={edit}
        >
          Ask another way
        </button>
      )}
    </div>
  )
}

function Other({ exchange, show }: { exchange: Exchange; show: (shown: number) => void }) {
  const { answers, shown } = exchange
  if (answers.length < 2) return null
  return (
    <span className="flex items-center gap-1">
      <button type="button" className="button quiet" disabled={shown === 0} onClick={() => show(shown - 1)}>
        <span aria-hidden="true">‹</span>
        <span className="unseen">The answer before</span>
      </button>
      {shown + 1} of {answers.length}
      <button
        type="button"
        className="button quiet"
        disabled={shown === answers.length - 1}
        onClick={() => show(shown + 1)}
      >
        <span aria-hidden="true">›</span>
        <span className="unseen">The answer after</span>
      </button>
    </span>
  )
}

type Props = {
  room: Room
  state: RoomState
  title: string
  /** Shown before anything is said: the work's own description. */
  opening: string
  depositAtomic: bigint
}

type SaidProps = Pick<Props, 'room' | 'title' | 'depositAtomic'> & {
  exchange: Exchange
  index: number
  last: boolean
  busy: boolean
}

/** Words that stay are not read anew while others stream. */
const Words = memo(Prose)

/** What is far out of sight is neither laid out nor painted, and is found by the browser's own search all the same. */
const FAR = 'space-y-5 -mx-2 -my-1 px-2 py-1 [contain-intrinsic-size:auto_14rem] [content-visibility:auto]'

const Said = memo(function Said(props: SaidProps) {
  const { room, title, depositAtomic, exchange, index, last, busy } = props
  const answer = shownAnswer(exchange)
  return (
    <li className={FAR}>
      <Question text={exchange.question} {...(busy ? {} : { edit: () => room.edit(index) })} />
      <div>
        <h2 className="mb-1 text-lg text-rubric">
          {title}
          <span className="unseen"> answered</span>
        </h2>
        <Words text={answer?.text ?? ''} />
        {answer?.end === 'stopped' && <p className="whisper mt-1">You stopped it here.</p>}
        {answer?.notice && <p className="whisper mt-1">{plain(answer.notice)}</p>}
        {answer?.end === 'broken' && <p className="whisper mt-1">It broke off here.</p>}
        {!answer && <p className="whisper">No answer came.</p>}
        <div className="mt-2 flex flex-wrap items-center gap-x-3">
          {answer && <Margin answer={answer} shelf={room.shelf} />}
          {answer?.text && <Copy text={answer.text} className="button quiet font-normal! text-faded!" />}
          <Other exchange={exchange} show={shown => void room.show(index, shown)} />
          {last && !busy && (
            <button type="button" className="button quiet" onClick={() => void room.again(depositAtomic)}>
              Answer again
            </button>
          )}
        </div>
      </div>
    </li>
  )
})

export function Transcript({ state, title, room, opening, depositAtomic }: Props) {
  const { exchanges } = state.conversation
  const { live } = state
  const asked = room.asked()
  // While an answer is given again, the old one makes room for it.
  const shown = live && asked.index < exchanges.length ? exchanges.slice(0, asked.index) : exchanges
  return (
    <>
      <div role="log" aria-live="off" aria-label={`Conversation with ${title}`} className="grow py-8">
        {shown.length === 0 && !live && (
          <div className="text-faded">
            <Prose text={opening} />
            <p className="mt-4">Nothing has been said yet.</p>
          </div>
        )}
        <ol className="space-y-9">
          {shown.map((exchange, index) => (
            <Said
              key={`${state.conversation.id}${exchange.question}${String(index)}`}
              {...{ room, title, depositAtomic, exchange, index }}
              busy={live !== null}
              last={index === exchanges.length - 1}
            />
          ))}
          {live && (
            <li className="space-y-5">
              <Question text={asked.question} />
              <div aria-busy="true">
                <h2 className="mb-1 text-lg text-rubric">{title}</h2>
                {live.text && <Prose text={live.text} />}
                {(!live.text || live.step !== 'ask') && <p className="text-faded">{STEPS[live.step]}</p>}
              </div>
            </li>
          )}
        </ol>
      </div>
      <Spoken
        live={live?.text ?? null}
        waiting={live && (!live.text || live.step !== 'ask') ? STEPS[live.step] : ''}
      />
    </>
  )
}
