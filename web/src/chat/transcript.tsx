/** The transcript, set like a play: the reader's lines small, the work's as a page of a book, the cost in the margin. */

import { plain } from '../words/plain.ts'
import { Prose } from '../words/prose.tsx'
import { type Exchange, shownAnswer } from './conversation.ts'
import { Margin } from './margin.tsx'
import type { Place, Room, RoomState } from './room.ts'
import { Spoken } from './spoken.tsx'

const STEPS = {
  grant: 'Your wallet asks you to let this machine open the work for you.',
  deposit: 'Your wallet asks you to set money aside for answers.',
  ask: 'The machine is thinking…',
}

function Question({ text }: { text: string }) {
  return (
    <div className="ml-auto w-fit max-w-[85%] border-r-2 border-edge py-0.5 pr-4">
      <h2 className="unseen">You said</h2>
      <p className="whitespace-pre-wrap">{plain(text)}</p>
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
  place: Place
  again: () => void
}

function Said(props: Props & { exchange: Exchange; index: number; last: boolean }) {
  const { room, state, title, place, again, exchange, index, last } = props
  const answer = shownAnswer(exchange)
  return (
    <li className="space-y-5">
      <Question text={exchange.question} />
      <div>
        <h2 className="mb-1 text-lg text-rubric">
          {title}
          <span className="unseen"> answered</span>
        </h2>
        <Prose text={answer?.text ?? ''} />
        {answer?.end === 'stopped' && <p className="whisper mt-1">You stopped it here.</p>}
        {answer?.end === 'broken' && <p className="whisper mt-1">It broke off here.</p>}
        <div className="mt-2 flex flex-wrap items-center gap-x-3">
          {answer && <Margin answer={answer} place={place} />}
          <Other exchange={exchange} show={shown => void room.show(index, shown)} />
          {last && !state.live && (
            <button type="button" className="button quiet" onClick={again}>
              Answer again
            </button>
          )}
        </div>
      </div>
    </li>
  )
}

export function Transcript(props: Props) {
  const { state, title, room, opening } = props
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
              {...props}
              exchange={exchange}
              index={index}
              last={index === exchanges.length - 1}
            />
          ))}
          {live && (
            <li className="space-y-5">
              <Question text={asked.question} />
              <div aria-busy="true">
                <h2 className="mb-1 text-lg text-rubric">{title}</h2>
                {live.text ? <Prose text={live.text} /> : <p className="text-faded">{STEPS[live.step]}</p>}
              </div>
            </li>
          )}
        </ol>
      </div>
      <Spoken live={live?.text ?? null} waiting={live && !live.text ? STEPS[live.step] : ''} />
    </>
  )
}
