/** What the engine is told for a request: the same for whoever pays and for drafts. Refused when it is too long without any excerpt. */
import type { ChatRequest } from '@grimoire/schema/chat'
import { refuseTooLong } from '../engine/limits.ts'
import type { EnginePort } from '../engine/port.ts'
import type { Sampling } from '../engine/protocol.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import { questionOf } from '../knowledge/question.ts'
import { type Told, tellKnowledge } from '../knowledge/told.ts'
import type { Behaviour } from '../unseal/opened.ts'
import { samplingOf } from './sampling.ts'

export type Composed = Told & { sampling: Sampling }

export async function composed(
  engine: Pick<EnginePort, 'count' | 'facts'>,
  { behaviour, knowledge }: { behaviour: Behaviour; knowledge: Knowledge | undefined },
  request: ChatRequest,
): Promise<Composed> {
  const messages = behaviour.messagesFor(request)
  const sampling = samplingOf(request, behaviour.generation)
  const tokens = await engine.count(messages, sampling)
  refuseTooLong(tokens, engine.facts.contextTokens)
  if (!knowledge) return { messages, sampling, quotable: '' }
  const asked = { messages, tokens, sampling, question: questionOf(request), go: behaviour.excerptsGo }
  return { ...(await tellKnowledge(engine, knowledge, asked)), sampling }
}
