/** The transcript, set like a play: of a long one stands there what is read, and what is near to it. */
import type { ReactNode } from 'react'
import { Prose } from '../words/prose.tsx'
import type { Exchange } from './conversation.ts'
import { Question, Said } from './exchange.tsx'
import type { Room, RoomState } from './room.ts'
import { Spoken } from './spoken.tsx'
import type { Span } from './standing.ts'
import { useStanding } from './use-standing.ts'

const STEPS = {
  grant: 'Your wallet asks you to let this machine open the work for you.',
  deposit: 'Your wallet asks you to set money aside for answers.',
  ask: 'The machine is thinking…',
  again: 'Going on where it broke off…',
  lost: 'The line to the machine is lost. What came is kept, and goes on when the line is back. Esc gives it up.',
}

type Props = {
  room: Room
  state: RoomState
  title: string
  /** Shown before anything is said: the work's own description. */
  opening: string
  depositAtomic: bigint
}

/** Seen by whoever comes to it by keyboard; others scroll, and by ear it is the way to what does not stand there. */
function More({ label, show }: { label: string; show: () => void }) {
  return (
    <li className="relative">
      <button type="button" className="button skip focus:left-0" onClick={show}>
        {label}
      </button>
    </li>
  )
}

/** As high as what does not stand there. */
const Gap = ({ px }: { px: number }) => <li aria-hidden="true" style={{ height: px }} />

type ExchangesProps = Omit<Props, 'opening'> & { exchanges: readonly Exchange[]; children: ReactNode }

/**
 * One list of keys that never change their order, whatever is held beside the window: what is moved in a document loses
 * the focus and the selection that lie in it.
 */
function Exchanges({ exchanges, room, state, title, depositAtomic, children }: ExchangesProps) {
  const count = exchanges.length
  const { list, span, runs, heights, watch, goTo } = useStanding(count, state.sought)
  const gap = (from: number, to: number) =>
    from < to && <Gap key={from === 0 ? 'before' : `until ${to}`} px={heights.sum({ from, to })} />
  const said = (index: number, exchange: Exchange) => (
    <Said
      key={String(index)}
      {...{ room, title, depositAtomic, exchange, index, count, watch }}
      busy={state.live !== null}
    />
  )
  const stretch = (run: Span, place: number) => {
    const { from, to } = run
    const [before, behind] = [runs[place - 1]?.to ?? 0, runs[place + 1]?.from]
    const isWindow = run === span
    return [
      gap(before, from),
      isWindow && from > 0 && (
        <More
          key={`earlier, after ${before}`}
          label={`Show earlier messages (${from})`}
          show={() => goTo(from - 1)}
        />
      ),
      ...exchanges.slice(from, to).map((exchange, index) => said(from + index, exchange)),
      isWindow && to < count && (
        <More
          key={`later, before ${behind ?? count}`}
          label={`Show later messages (${count - to})`}
          show={() => goTo(to)}
        />
      ),
      behind === undefined && gap(to, count),
    ]
  }
  return (
    <ol ref={list}>
      {runs.flatMap(stretch)}
      {children}
    </ol>
  )
}

type Saying = NonNullable<RoomState['live']>

/** What is said in place of words, or beside those that came. */
const waitingFor = ({ text, step }: Saying): string => (!text || step !== 'ask' ? STEPS[step] : '')

function Live({ question, title, live }: { question: string; title: string; live: Saying }) {
  const waiting = waitingFor(live)
  return (
    <li className="space-y-5 pb-9">
      <Question text={question} />
      <div aria-busy="true">
        <h2 className="mb-1 text-lg text-rubric">{title}</h2>
        {live.text && <Prose text={live.text} />}
        {waiting && <p className="text-faded">{waiting}</p>}
      </div>
    </li>
  )
}

export function Transcript(props: Props) {
  const { state, title, room, opening } = props
  const { conversation, live } = state
  const { exchanges } = conversation
  const asked = room.asked()
  // While an answer is given again, the old one makes room for it.
  const shown = live && asked.index < exchanges.length ? exchanges.slice(0, asked.index) : exchanges
  return (
    <>
      <div role="log" aria-live="off" aria-label={`Conversation with ${title}`} className="grow pt-8">
        {shown.length === 0 && !live && (
          <div className="pb-8 text-faded">
            <Prose text={opening} />
            <p className="mt-4">Nothing has been said yet.</p>
          </div>
        )}
        <Exchanges key={conversation.id} {...props} exchanges={shown}>
          {live && <Live question={asked.question} title={title} live={live} />}
        </Exchanges>
      </div>
      <Spoken live={live?.text ?? null} waiting={live ? waitingFor(live) : ''} />
    </>
  )
}
