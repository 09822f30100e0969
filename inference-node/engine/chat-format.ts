/** How a model was taught to converse: the format of its turns, and a conversation in node-llama-cpp's shape. */
import type { Utterance, UtteredCall } from '@grimoire/schema/utterance'
import {
  type ChatHistoryItem,
  ChatMLChatWrapper,
  type ChatModelFunctionCall,
  type ChatWrapper,
  GemmaChatWrapper,
  GeneralChatWrapper,
  HarmonyChatWrapper,
  Llama3ChatWrapper,
  type LlamaModel,
  MistralChatWrapper,
} from 'node-llama-cpp'

const BY_CONTROL_TOKEN: [string, () => ChatWrapper][] = [
  ['<|im_start|>', () => new ChatMLChatWrapper()],
  ['<|channel|>', () => new HarmonyChatWrapper()],
  ['<|start_header_id|>', () => new Llama3ChatWrapper()],
  ['<start_of_turn>', () => new GemmaChatWrapper()],
  ['[INST]', () => new MistralChatWrapper()],
]

/** How a model was taught to converse shows in its control tokens: no text of the file has to run to learn it. */
export function wrapperByTokens(model: LlamaModel): ChatWrapper {
  const known = BY_CONTROL_TOKEN.find(([text]) => model.tokenize(text, true).length === 1)
  return known ? known[1]() : new GeneralChatWrapper()
}

type Spoken = Extract<ChatHistoryItem, { type: 'model' }>['response']

/** Ends in the answer that is to be spoken: a new one, or the one that went on to call and has its results now. */
export function historyOf(messages: readonly Utterance[]): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = []
  /** The answer whose calls get their results: it goes on after them. */
  let calling: Spoken | null = null
  for (const message of messages) {
    const { role, content, callId, calls = [] } = message
    if (role === 'tool') addResult(calling, callId, content)
    else if (role === 'assistant') {
      const response: Spoken = calling ?? []
      if (content !== '' || calls.length === 0) response.push(content)
      response.push(...calls.map(callOf))
      if (response !== calling) history.push({ type: 'model', response })
      calling = calls.length > 0 ? response : null
    } else {
      calling = null
      history.push(role === 'system' ? { type: 'system', text: content } : { type: 'user', text: content })
    }
  }
  return messages.at(-1)?.role === 'tool' && calling ? history : [...history, { type: 'model', response: [] }]
}

type Call = ChatModelFunctionCall & { callId: string }

const callOf = ({ id, name, arguments: given }: UtteredCall): Call => ({
  type: 'functionCall',
  name,
  params: jsonOr(given),
  result: undefined,
  callId: id,
})

function addResult(calling: Spoken | null, callId: string | undefined, content: string): void {
  const call = calling?.find(part => typeof part === 'object' && 'callId' in part && part.callId === callId)
  if (call) Object.assign(call, { result: jsonOr(content) })
}

/** Arguments and results are JSON as a rule; what is not goes as text. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
