/** One answer in llama.cpp: stateless chat over a whole history, in one sequence, as the request samples it. */
import { randomInt } from 'node:crypto'
import type { Utterance } from '@grimoire/schema/utterance'
import {
  type ChatWrapper,
  type EvaluationPriority,
  LlamaChat,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp'
import { historyOf } from './chat-format.ts'
import { callFrom, functionsOf, mustCall, schemaOf, withCallAsked } from './grammar.ts'
import type { ChatEnd, Offered, Sampling, SpokenCall } from './protocol.ts'
import { readingAhead } from './read-ahead.ts'

/** What turns a conversation into tokens. */
export type Speech = {
  model: LlamaModel
  wrapper: ChatWrapper
  contextTokens: number
  mayBeRewritten: boolean
}

/** Some templates write a conversation anew in the middle of an answer, when a thought ends. */
export const mayBeRewritten = (wrapper: ChatWrapper): boolean =>
  wrapper.generateContextState({ chatHistory: historyOf([]) }).rerender !== undefined

export type GenerateAsk = {
  messages: readonly Utterance[]
  sampling: Sampling
  signal: AbortSignal
  onText(text: string): void
  onCall(call: SpokenCall): void
}

/** Where an answer is computed, and what was found out of its prompt before. */
export type Place = { sequence: LlamaContextSequence; tag: number; inputTokens: number; startedAtMs: number }

/** A conversation as the model's own template writes it, with the functions that are offered. */
export function tokensOf(
  { model, wrapper }: Speech,
  messages: readonly Utterance[],
  { offered }: Pick<Sampling, 'offered'> = {},
): Token[] {
  const { contextText } = wrapper.generateContextState({
    chatHistory: historyOf(withCallAsked(messages, offered)),
    ...(mayCall(offered) ? { availableFunctions: functionsOf(offered), documentFunctionParams: true } : {}),
  })
  return contextText.tokenize(model.tokenizer)
}

const mayCall = (offered: Offered | undefined): offered is Offered =>
  offered !== undefined && !mustCall(offered)

export async function generate(
  { sequence, tag, inputTokens, startedAtMs }: Place,
  speech: Speech,
  { messages, sampling, signal, onText, onCall }: GenerateAsk,
): Promise<ChatEnd> {
  const meter = sequence.tokenMeter.getState()
  const counted = { outputTokens: 0, thoughtTokens: 0, firstTokenMs: 0 }
  const { offered } = sampling
  const forced = mustCall(offered)
  const sampler = samplerOf(sampling, speech.contextTokens - inputTokens - 1)
  const constraint = await constraintOf(speech, sampling)
  const freely = Object.keys(constraint).length === 0 && !sampler.repeatPenalty && !speech.mayBeRewritten
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: speech.wrapper })
  const readAsAsked =
    freely && !sequence.needsCheckpoints ? readingAhead(sequence, sampler.maxTokens) : () => {}
  try {
    const { response, metadata, functionCalls } = await chat.generateResponse(
      historyOf(withCallAsked(messages, offered)),
      {
        ...sampler,
        ...constraint,
        signal,
        evaluationPriority: tag as EvaluationPriority, // Safety: planner.ts reads it, and nothing else does.
        stopOnAbortSignal: true,
        onToken: ticking(() => onText('')),
        onResponseChunk: ({ type, text, tokens }) => {
          if (counted.outputTokens === 0 && tokens.length > 0)
            counted.firstTokenMs = performance.now() - startedAtMs
          counted.outputTokens += tokens.length
          // Thoughts are neither delivered nor charged: they are counted for the caller to see.
          if (type !== undefined) counted.thoughtTokens += tokens.length
          else if (text !== '' && !forced) onText(text)
        },
      },
    )
    const calls = forced ? [callFrom(response)].filter(call => call !== null) : spokenCalls(functionCalls)
    for (const call of calls) onCall(call)
    // The tokens of a call make no chunk of the answer; llama.cpp has counted them all the same.
    if (calls.length > 0) counted.outputTokens = sequence.tokenMeter.diff(meter).usedOutputTokens
    const cut = metadata.stopReason === 'maxTokens' ? 'length' : 'stop'
    const reason = calls.length > 0 ? 'tool_calls' : cut
    return { reason, inputTokens, ...counted, totalMs: performance.now() - startedAtMs }
  } finally {
    readAsAsked()
    chat.dispose({ disposeSequence: false })
  }
}

type Called = readonly { functionName: string; params: unknown }[]
const spokenCalls = (calls: Called = []): SpokenCall[] =>
  calls.map(({ functionName, params }) => ({ name: functionName, arguments: JSON.stringify(params ?? {}) }))

function samplerOf({ maxTokens, temperature, topP, seed, stop, offered, ...more }: Sampling, room: number) {
  const { frequencyPenalty = 0, presencePenalty = 0 } = more
  const penalized = frequencyPenalty !== 0 || presencePenalty !== 0
  return {
    maxTokens: Math.min(maxTokens, room),
    temperature,
    ...(topP === undefined ? {} : { topP }),
    seed: (seed ?? randomInt(2 ** 31)) >>> 0, // llama.cpp takes 32 bits; OpenAI any integer.
    // The library's own default would change every answer; OpenAI's two count over all that was said.
    repeatPenalty: penalized
      ? { penalty: 1, frequencyPenalty, presencePenalty, lastTokens: PENALIZED_TOKENS, penalizeNewLine: true }
      : (false as const),
    ...(mustCall(offered) ? {} : { customStopTriggers: stop }),
  }
}

const PENALIZED_TOKENS = 4_096

/** llama.cpp holds an answer to a grammar or reads calls in it, never both. */
async function constraintOf({ model }: Speech, sampling: Sampling) {
  const { offered } = sampling
  if (mayCall(offered)) {
    const one = offered.parallel ? {} : { maxParallelFunctionCalls: 1 }
    return { functions: functionsOf(offered), documentFunctionParams: true, ...one }
  }
  const schema = schemaOf(sampling)
  // Safety: the library's type infers an answer's type from a literal schema; this one is a caller's.
  return schema ? { grammar: await model.llama.createGrammarForJsonSchema(schema as never) } : {}
}

/** Tokens may make no text for long (a thought, half a character): the node hears of them once a second. */
function ticking(tick: () => void): () => void {
  let tickedAtMs = performance.now()
  return () => {
    if (performance.now() - tickedAtMs < 1_000) return
    tickedAtMs = performance.now()
    tick()
  }
}
