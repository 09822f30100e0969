/** How a request wants its answer made: its own settings, else the creator's, else OpenAI's defaults. */
import { type ChatRequest, maxTokensOf } from '@grimoire/schema/chat'
import { Problem } from '@grimoire/schema/problem'
import type { Generation } from '@grimoire/schema/utterance'
import type { Form, Offered, OfferedTool, Sampling } from '../engine/protocol.ts'

export function samplingOf(request: ChatRequest, fixed: Generation): Sampling {
  const { seed, frequency_penalty: frequencyPenalty, presence_penalty: presencePenalty } = request
  const stop = request.stop ?? fixed.stop ?? []
  const topP = request.top_p ?? fixed.topP
  const asked = request.max_completion_tokens ?? request.max_tokens
  const [form, offered] = [formOf(request), offeredOf(request)]
  return {
    temperature: request.temperature ?? fixed.temperature ?? 1,
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined || seed === null ? {} : { seed }),
    stop: typeof stop === 'string' ? [stop] : stop,
    maxTokens: asked ?? Math.min(fixed.maxTokens ?? Number.POSITIVE_INFINITY, maxTokensOf(request)),
    ...(frequencyPenalty ? { frequencyPenalty } : {}),
    ...(presencePenalty ? { presencePenalty } : {}),
    ...(form ? { form } : {}),
    ...(offered ? { offered } : {}),
  }
}

function formOf({ response_format: format }: ChatRequest): Form | null {
  if (!format || format.type === 'text') return null
  if (format.type === 'json_object') return {}
  const { schema, strict } = format.json_schema
  return { ...(schema ? { schema } : {}), ...(typeof strict === 'boolean' ? { strict } : {}) }
}

function offeredOf({ tools, tool_choice: asked, parallel_tool_calls }: ChatRequest): Offered | null {
  const choice =
    typeof asked === 'object' && asked !== null ? { name: asked.function.name } : (asked ?? 'auto')
  if (!tools || tools.length === 0) {
    if (choice === 'auto' || choice === 'none') return null
    throw new Problem('request_invalid', {
      param: 'tools',
      got: 'a tool_choice',
      expected: 'tools to choose of',
    })
  }
  const names = tools.map(tool => tool.function.name)
  if (new Set(names).size < names.length) {
    throw new Problem('request_invalid', { param: 'tools', expected: 'a name of its own for each function' })
  }
  if (choice === 'none') return null
  if (typeof choice === 'object' && !names.includes(choice.name)) {
    throw new Problem('request_invalid', {
      param: 'tool_choice',
      got: choice.name,
      expected: names.join(', '),
    })
  }
  return { tools: tools.map(toolOf), choice, parallel: parallel_tool_calls ?? true }
}

function toolOf({
  function: { name, description, parameters, strict },
}: NonNullable<ChatRequest['tools']>[number]): OfferedTool {
  return {
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}
