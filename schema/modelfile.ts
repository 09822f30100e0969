/** An Ollama Modelfile as a chatbot: its system prompt, examples and settings; what belongs to a machine is named and left. */
import { CARD_MAX_BYTES } from './card.ts'
import { type CardData, checkedImport, type Taken } from './card-import.ts'
import { Problem } from './problem.ts'

type Instruction = { verb: string; value: string; line: number }

const VERBS = ['FROM', 'PARAMETER', 'TEMPLATE', 'SYSTEM', 'ADAPTER', 'LICENSE', 'MESSAGE', 'REQUIRES']

const refuse = (line: number, got: string, expected: string) =>
  new Problem('import_invalid', { got: `line ${line}: ${got.slice(0, 80)}`, expected })

export const looksLikeModelfile = (source: string): boolean =>
  /^\s*(?:#[^\n]*\n\s*)*(?:FROM|PARAMETER|TEMPLATE|SYSTEM|ADAPTER|LICENSE|MESSAGE|REQUIRES)[ \t]/i.test(
    source.slice(0, 4_096),
  )

function instructionsOf(source: string): Instruction[] {
  const lines = source.split(/\r?\n/)
  const found: Instruction[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim()
    if (line === '' || line.startsWith('#')) continue
    const space = line.search(/\s/)
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase()
    if (!VERBS.includes(verb)) throw refuse(at + 1, line, `one of ${VERBS.join(', ')}`)
    const first = space < 0 ? '' : line.slice(space).trim()
    const { value, last } = textAt(lines, at, first)
    found.push({ verb, value, line: at + 1 })
    at = last
  }
  return found
}

/** A text between three quotes may run over lines; one between one quote, or none, ends with its line. */
function textAt(lines: string[], at: number, first: string): { value: string; last: number } {
  const open = first.indexOf('"""')
  if (open < 0) return { value: /^".*"$/s.test(first) ? first.slice(1, -1) : first, last: at }
  const before = first.slice(0, open)
  const begun = first.slice(open + 3)
  if (begun.includes('"""')) return { value: before + begun.slice(0, begun.indexOf('"""')), last: at }
  const body = [begun]
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next] ?? ''
    const close = line.indexOf('"""')
    if (close < 0) body.push(line)
    else return { value: before + [...body, line.slice(0, close)].join('\n'), last: next }
  }
  throw refuse(at + 1, first, 'a closing """')
}

type Settings = { temperature?: number; topP?: number; maxTokens?: number; stop?: string[] }

function takeParameter(value: string, settings: Settings, left: string[]): void {
  const [name = '', ...rest] = value.split(/\s+/)
  const text = rest.join(' ').replace(/^"(.*)"$/s, '$1')
  const number = Number(text)
  const within = (low: number, high: number) => text !== '' && number >= low && number <= high
  if (name === 'temperature' && within(0, 2)) settings.temperature = number
  else if (name === 'top_p' && within(0, 1) && number > 0) settings.topP = number
  else if (name === 'num_predict' && within(1, 32_768)) settings.maxTokens = Math.floor(number)
  else if (name === 'stop' && text !== '' && text.length <= 64 && (settings.stop?.length ?? 0) < 4)
    settings.stop = [...(settings.stop ?? []), text]
  else
    left.push(
      `PARAMETER ${name.slice(0, 40)} ${text.slice(0, 40)}: not a setting of a work, or out of bounds`,
    )
}

const SPEAKERS: Record<string, string> = { user: '{{user}}', assistant: '{{char}}' }

function takeMessage(one: Instruction, examples: string[], left: string[]): void {
  const space = one.value.search(/\s/)
  const role = space < 0 ? one.value : one.value.slice(0, space)
  const speaker = SPEAKERS[role]
  if (speaker)
    examples.push(
      `${speaker}: ${one.value
        .slice(space)
        .trim()
        .replace(/^"(.*)"$/s, '$1')}`,
    )
  else left.push(`MESSAGE of ${role.slice(0, 40) || 'nobody'} on line ${one.line}`)
}

export type TakenModelfile = Taken<CardData> & { baseName: string; licence: string }

export function importModelfile(source: string, name: string): TakenModelfile {
  if (source.length > CARD_MAX_BYTES)
    throw new Problem('import_invalid', { expected: `at most ${CARD_MAX_BYTES} bytes` })
  const left: string[] = []
  const settings: Settings = {}
  const examples: string[] = []
  const last: Record<string, string> = {}
  for (const one of instructionsOf(source)) {
    last[one.verb] = one.value
    if (one.verb === 'PARAMETER') takeParameter(one.value, settings, left)
    if (one.verb === 'MESSAGE') takeMessage(one, examples, left)
    if (one.verb === 'TEMPLATE') left.push('TEMPLATE: the chat template of the model file is used')
    if (one.verb === 'ADAPTER') left.push('ADAPTER: choose its GGUF file under “Adapter”')
    if (one.verb === 'REQUIRES') left.push('REQUIRES: a node says itself what it runs')
  }
  if (last.FROM) left.push(`FROM ${last.FROM.slice(0, 80)}: choose the base model from those that nodes run`)
  const example = examples.length > 0 ? `<START>\n${examples.join('\n')}` : ''
  const data = checkedImport({
    name: name.trim().slice(0, 120) || 'Unnamed',
    system_prompt: last.SYSTEM ?? '',
    mes_example: example,
    extensions: { grimoire: { generation: settings } },
  })
  const [licence = ''] = (last.LICENSE ?? '').trim().split('\n')
  if (licence.length > 80 || (last.LICENSE ?? '').includes('\n'))
    left.push('LICENSE: a whole text; name the licence under “Terms”')
  return { taken: data, left, baseName: last.FROM ?? '', licence: licence.length <= 80 ? licence : '' }
}
