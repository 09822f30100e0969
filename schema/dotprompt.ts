/** dotprompt: a prompt work's file; front matter that declares its variables, and the template that makes the messages. */
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { type ChatRequest, textOf } from './chat.ts'
import { outputKinds } from './output-kinds.ts'
import { checkInput, type Field, parsePicoschema } from './picoschema.ts'
import { Problem } from './problem.ts'
import { parseTemplate, type Rendered, renderTemplate, type TemplateNode } from './prompt-template.ts'
import { isRecord } from './record.ts'
import { type Generation, type Utterance, utterancesOf } from './utterance.ts'

export const PROMPT_MAX_BYTES = 262_144

const frontMatter = z.strictObject({
  name: z.string().max(120).optional(),
  description: z.string().max(600).optional(),
  variant: z.string().max(120).optional(),
  /** Which model a prompt was written for stands in the manifest, where it can be checked; here it is only read past. */
  model: z.string().max(256).optional(),
  config: z
    .strictObject({
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().gt(0).max(1).optional(),
      maxOutputTokens: z.number().int().min(1).max(32_768).optional(),
      stopSequences: z.array(z.string().min(1).max(64)).max(4).optional(),
    })
    .optional(),
  input: z
    .strictObject({
      schema: z.record(z.string(), z.unknown()).optional(),
      default: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  output: z.strictObject({ format: z.literal('text') }).optional(),
  /** Ours: `outputKinds`. Anything else is the creator's own. */
  metadata: z.looseObject({ outputKinds: outputKinds.optional() }).optional(),
})

export type Dotprompt = {
  fields: readonly Field[]
  defaults: Record<string, unknown>
  generation: Generation
  outputKinds?: readonly string[]
  template: readonly TemplateNode[]
}

export function parseDotprompt(source: string): Dotprompt {
  if (source.length > PROMPT_MAX_BYTES)
    throw new Problem('card_invalid', { expected: `at most ${PROMPT_MAX_BYTES} bytes` })
  const { head, body, bodyLine } = split(source)
  const front = readFrontMatter(head)
  const { temperature, topP, maxOutputTokens, stopSequences } = front.config ?? {}
  return {
    fields: parsePicoschema(front.input?.schema ?? {}),
    defaults: front.input?.default ?? {},
    generation: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
      ...(stopSequences === undefined ? {} : { stop: stopSequences }),
    },
    ...(front.metadata?.outputKinds ? { outputKinds: front.metadata.outputKinds } : {}),
    template: parseTemplate(body, bodyLine),
  }
}

function split(source: string): { head: string; body: string; bodyLine: number } {
  const match = /^---[ \t]*\r?\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\r?\n|$)/.exec(source)
  if (!match) return { head: '', body: source, bodyLine: 1 }
  return {
    head: match[1] ?? '',
    body: source.slice(match[0].length),
    bodyLine: match[0].split('\n').length,
  }
}

function readFrontMatter(head: string): z.infer<typeof frontMatter> {
  const lines = new LineCounter()
  const document = parseDocument(head, { lineCounter: lines, uniqueKeys: true })
  const [error] = document.errors
  if (error) throw refuse(lines.linePos(error.pos[0]).line + 1, error.code, 'YAML front matter')
  const parsed = frontMatter.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []),
  ]
  throw refuse(
    lineOf(document, path, lines),
    path.join('.') || 'front matter',
    issue?.message ?? 'dotprompt front matter',
  )
}

/** The file's line of a front matter value; the first line is the opening `---`. */
function lineOf(document: ReturnType<typeof parseDocument>, path: PropertyKey[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0])).line + 1
    }
  }
  return 1
}

const refuse = (line: number, got: string, expected: string) =>
  new Problem('card_invalid', { got: `line ${line}: ${got}`, expected })

/**
 * The variables of one request: `grimoire.input` when it is there; else the last user message when it is a JSON
 * object; else that message's text as the first declared variable.
 */
export function promptInput(
  prompt: Dotprompt,
  request: Pick<ChatRequest, 'messages' | 'grimoire'>,
): Record<string, unknown> {
  const last = request.messages.findLast(message => message.role === 'user')
  const text = last ? textOf(last) : ''
  const input = request.grimoire?.input ?? jsonObject(text) ?? firstVariable(prompt, text)
  return checkInput(prompt.fields, input, prompt.defaults)
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function firstVariable(prompt: Dotprompt, text: string): Record<string, unknown> {
  const [first] = prompt.fields
  return first && text !== '' ? { [first.name]: text } : {}
}

/** The template's own text, without what a caller fills in: what a node must not let be recited. */
export function promptPassages(nodes: readonly TemplateNode[]): string[] {
  return nodes.flatMap(node => {
    if (node.kind === 'block') return [...promptPassages(node.body), ...promptPassages(node.otherwise)]
    return node.kind === 'text' && node.text.trim() !== '' ? [node.text] : []
  })
}

/** The messages for the engine: the rendered template, with the conversation so far where `{{history}}` stands. */
export function renderPrompt(
  prompt: Dotprompt,
  request: Pick<ChatRequest, 'messages' | 'grimoire'>,
): Utterance[] {
  const lastUser = request.messages.findLastIndex(message => message.role === 'user')
  const history = utterancesOf(lastUser < 0 ? request.messages : request.messages.slice(0, lastUser))
  const rendered = renderTemplate(prompt.template, promptInput(prompt, request))
  const messages = messagesOf(rendered, history)
  if (rendered.some(piece => piece.kind === 'history')) return messages
  const at = messages.findLastIndex(message => message.role === 'user')
  return at < 0 ? [...messages, ...history] : [...messages.slice(0, at), ...history, ...messages.slice(at)]
}

/** Text before any role is the user's. Empty messages vanish; the ends of each are trimmed. */
function messagesOf(rendered: readonly Rendered[], history: readonly Utterance[]): Utterance[] {
  const messages: Utterance[] = []
  let role: Utterance['role'] = 'user'
  let text = ''
  const flush = () => {
    if (text.trim() !== '') messages.push({ role, content: text.trim() })
    text = ''
  }
  for (const piece of rendered) {
    if (piece.kind === 'text') text += piece.text
    else {
      flush()
      if (piece.kind === 'role') role = piece.role
      else {
        messages.push(...history)
        role = 'assistant'
      }
    }
  }
  flush()
  return messages
}
