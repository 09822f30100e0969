/** One test run: the draft opened on a machine, and questions to it whose answers stream and end with a signed receipt. */
import { type DraftTurn, type OpenedDraft, openDraft } from '@grimoire/client/run-draft'
import { openMarket } from '../chain/open-market.ts'
import { openWallet } from '../wallet/open-wallet.ts'
import type { Session } from '../wallet/session.ts'
import type { Draft } from './draft.ts'
import { loadFile } from './kept-drafts.ts'
import { loadKnowledge } from './knowledge-files.ts'
import { cardOf } from './readiness.ts'

export type Said = { question: string; text: string; turn: DraftTurn | null }

export type Trial = {
  opened: OpenedDraft
  /** The answer as far as it has come; the last has its receipt. */
  ask: (before: readonly Said[], question: string) => AsyncGenerator<Omit<Said, 'question'>>
}

export async function openTrial(job: {
  draft: Draft
  session: Session
  nodeUrl: string
  onUpload: (sentence: string) => void
}): Promise<Trial> {
  const { draft, session, nodeUrl, onUpload } = job
  const [market, wallet] = await Promise.all([openMarket(), openWallet(session)])
  const adapter = draft.adapter ? await loadFile(draft.id, 'adapter') : undefined
  const opened = await openDraft(market, {
    ...{ wallet, nodeUrl, kind: draft.kind, card: cardOf(draft) },
    ...(adapter ? { adapter } : {}),
    knowledge: await loadKnowledge(draft),
    onUpload: ({ sentBytes, sizeBytes }) =>
      onUpload(`The adapter goes there: ${Math.floor((100 * sentBytes) / sizeBytes)} %`),
  })
  async function* ask(before: readonly Said[], question: string): AsyncGenerator<Omit<Said, 'question'>> {
    const messages = [
      ...before.flatMap(one => [
        { role: 'user' as const, content: one.question },
        { role: 'assistant' as const, content: one.text },
      ]),
      { role: 'user' as const, content: question },
    ]
    yield { text: '', turn: null }
    const answer = opened.ask(messages)
    let text = ''
    for await (const piece of answer) {
      text += piece
      yield { text, turn: null }
    }
    yield { text, turn: await answer.result }
  }
  return { opened, ask }
}
