/** One question and its answer: the reader's lines small, the work's as a page of a book, the cost in the margin. */
import { memo, useCallback } from 'react'
import { Copy } from '../design/copy.tsx'
import { plain } from '../words/plain.ts'
import { Prose } from '../words/prose.tsx'
import { type Exchange, shownAnswer } from './conversation.ts'
import { Margin } from './margin.tsx'
import type { Watch } from './measured.ts'
import type { Room } from './room.ts'

export function Question({ text, edit }: { text: string; edit?: () => void }) {
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

type SaidProps = {
  room: Room
  title: string
  depositAtomic: bigint
  exchange: Exchange
  index: number
  /** How many are in the conversation, whether they stand there or not. */
  count: number
  busy: boolean
  watch: Watch
}

/** What moves as a whole is not painted anew: nothing of one reaches into another, nor, by the margin, beyond its own edges. */
const ITEM = '-mx-3 space-y-5 px-3 pb-9 outline-none contain-content'

/** Words that stay are not read anew while others stream. */
const Words = memo(Prose)

export const Said = memo(function Said(props: SaidProps) {
  const { room, title, depositAtomic, exchange, index, count, busy, watch } = props
  const answer = shownAnswer(exchange)
  const measured = useCallback((item: HTMLLIElement) => watch(item, index), [watch, index])
  return (
    <li ref={measured} aria-setsize={count} aria-posinset={index + 1} tabIndex={-1} className={ITEM}>
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
        <div className="mt-2 flex flex-wrap items-center gap-x-7">
          {answer && <Margin answer={answer} shelf={room.shelf} />}
          {answer?.text && (
            <Copy text={answer.text} className="button quiet -mx-2 font-normal! text-faded!" />
          )}
          <Other exchange={exchange} show={shown => void room.show(index, shown)} />
          {index === count - 1 && !busy && (
            <button
              type="button"
              className="button quiet -mx-2"
              onClick={() => void room.again(depositAtomic)}
            >
              Answer again
            </button>
          )}
        </div>
      </div>
    </li>
  )
})
