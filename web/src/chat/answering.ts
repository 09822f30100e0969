/** One question until its answer is kept: asked, or taken up again where a reload broke it off, and never by two pages at once. */
import { type Answer, Kept } from '@grimoire/client/answer'
import type { KeptTurn } from '@grimoire/client/kept-turn'
import type { TurnResult } from '@grimoire/client/turn'
import { isProblem } from '@grimoire/schema/problem'
import { money } from '../words/plain.ts'
import { type Exchange, type KeptAnswer, messagesOf } from './conversation.ts'
import type { Line } from './line.ts'
import type { Proof } from './proof.ts'
import type { Shelf } from './shelf.ts'
import { hold, requireLeft, settle } from './spending.ts'
import { type UnderWay, underWayKeeper } from './under-way.ts'

const MAX_TOKENS = 256

/** What an answer whose receipt never came can cost, in a sentence: a payment of so much has been signed for it. */
export const costsAtMost = ({ maxAtomic }: Pick<KeptTurn, 'maxAtomic'>): string =>
  `It costs what the machine delivered, charged with the next answer: at most ${money(maxAtomic)}.`

/** Said where the words stop. */
const forgotten = (turn: KeptTurn) =>
  `The machine no longer knows this answer. What came of it is kept. ${costsAtMost(turn)}`

const proofOf = ({ receipt, receiptSignature, request, agreed }: TurnResult): Proof => ({
  receipt,
  signature: receiptSignature,
  request,
  agreed: {
    ...agreed,
    beforeAtomic: String(agreed.beforeAtomic),
    maxChargeAtomic: String(agreed.maxChargeAtomic),
  },
})

const answerOf = (turn: TurnResult): KeptAnswer => ({
  ...{ text: turn.text, end: turn.ended ? 'stopped' : 'whole', proof: proofOf(turn) },
  ...(turn.notice ? { notice: turn.notice.message } : {}),
  firstTokenMs: turn.timings.firstTokenMs,
  tokensPerSecond: turn.nodeTimings.predicted_per_second,
})

/** What an answer is to: its place in the conversation, and what was said before. */
export type Spot = { question: string; index: number; at: number; before: readonly Exchange[] }

/** What came, and what was wrong: both, when it broke off. */
export type Outcome = {
  got: KeptAnswer | null
  error: unknown
  /** Its machine may still know of it: it can be taken up again. */
  goesOn: boolean
  /** Called when the conversation has been kept: only then is the way of the answer forgotten. */
  close: () => Promise<void>
}

const isAny = (error: unknown, ...codes: Parameters<typeof isProblem>[1][]): boolean =>
  codes.some(code => isProblem(error, code))

/** It was refused before its payment was taken. */
const isUnpaid = (error: unknown, turn: KeptTurn, isAgain: boolean): boolean =>
  !isAgain &&
  turn.turnId === null &&
  !isAny(error, 'node_unreachable', 'chain_unreachable', 'timed_out', 'receipt_invalid')

/** Without a receipt it counts as what it may still cost. */
const count = async (shelf: Shelf, turn: KeptTurn | null, proof: Proof | undefined): Promise<void> => {
  if (turn && proof) await settle(shelf, turn, BigInt(proof.receipt.chargedAtomic))
}

export type Answering = {
  shelf: Shelf
  conversationId: string
  spot: Spot
  /** Nothing is kept of a temporary conversation. */
  temporary: boolean
  /** The answer that can be stopped, and its words so far. */
  onAnswer: (answer: Answer) => void
  onText: (text: string) => void
  onLine: (isLost: boolean) => void
}

const askedIn = ({ session, workId }: Shelf): string => `grimoire:${session.address.toLowerCase()}:${workId}`

/** Only one page of this browser asks for one work of one holder; another waits. The lock goes with its page. */
export const alone = <T>(shelf: Shelf, run: () => Promise<T>): Promise<T> =>
  navigator.locks.request(askedIn(shelf), run)

/** While nobody asks: a question has its answer by then. */
export const whileQuiet = <T>(shelf: Shelf, run: () => Promise<T>): Promise<T> =>
  navigator.locks.request(askedIn(shelf), { mode: 'shared' }, run)

async function readAll(answer: Answer, { onAnswer, onText }: Answering): Promise<KeptAnswer> {
  onAnswer(answer)
  const { result } = answer
  let text = ''
  try {
    for await (const piece of answer) {
      text += piece
      onText(text)
    }
  } catch (error) {
    // Stopped, and the machine did not say in time what it came to: that is charged with the next answer.
    if (error instanceof Kept) return { text, end: 'stopped' }
    throw error
  }
  return answerOf(await result)
}

/** Keeps what comes as it comes, and says how it ended. */
async function kept(
  answering: Answering,
  begin: (keep: (turn: KeptTurn) => void | Promise<void>) => Promise<KeptAnswer>,
  before: KeptTurn | null = null,
): Promise<Outcome> {
  const { shelf, conversationId, temporary } = answering
  const { question, index, at } = answering.spot
  const keeper = underWayKeeper(shelf, conversationId)
  let last = before
  const keep = async (turn: KeptTurn) => {
    // The first time it is waited for, before the payment leaves.
    if (last === null) await hold(shelf, turn)
    last = turn
    return temporary ? undefined : keeper.keep({ conversationId, question, index, at, turn })
  }
  try {
    const got = await begin(keep)
    await count(shelf, last, got.proof)
    return { got, error: null, goesOn: false, close: () => keeper.end(false) }
  } catch (error) {
    const forgot = isProblem(error, 'turn_unknown') ? last : null
    const words = last?.text ?? ''
    const unpaid = last !== null && isUnpaid(error, last, before !== null)
    if (last !== null && unpaid) await settle(shelf, last, 0n)
    // Its machine no longer knows it, or its receipt was judged: nothing more will come of it.
    const isOver = unpaid || isAny(error, 'turn_unknown', 'receipt_invalid')
    const goesOn = !temporary && last !== null && !isOver
    const got: KeptAnswer = { text: words, end: 'broken', ...(forgot ? { notice: forgotten(forgot) } : {}) }
    return {
      got: words === '' && !forgot ? null : got,
      error: forgot ? null : error,
      goesOn,
      close: () => keeper.end(goesOn),
    }
  }
}

/** A machine that has lost its leave is given it anew, once. */
export const askFor = (answering: Answering, line: () => Promise<Line>, isPrompt: boolean) =>
  kept(answering, async keep => {
    const { question, before } = answering.spot
    const { onLine, shelf } = answering
    await requireLeft(shelf)
    const open = await line()
    await open.grant()
    const messages = messagesOf(isPrompt ? [] : before, question)
    const ask = () =>
      readAll(open.chat.ask(messages, { max_tokens: MAX_TOKENS }, { keep, onLine }), answering)
    try {
      return await ask()
    } catch (error) {
      if (!open.isGrantLost(error)) throw error
      await open.grant(true)
      return ask()
    }
  })

/** Goes on with what was kept, where it began: `line` is one to the machine of the record. */
export const takeUp = (answering: Answering, line: () => Promise<Line>, record: UnderWay) =>
  kept(
    answering,
    async keep => {
      const { onLine } = answering
      await keep(record.turn)
      const open = await line()
      return readAll(open.chat.takeUp(open.readKept(record.turn), { keep, onLine }), answering)
    },
    record.turn,
  )
