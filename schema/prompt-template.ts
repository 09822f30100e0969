/** The template of a dotprompt: a small, eval-free part of Handlebars; whatever lies outside it is refused with its line. */
import { canonicalJson } from './canonical-json.ts'
import { Problem } from './problem.ts'
import type { Utterance } from './utterance.ts'

export type TemplateNode =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string }
  | { kind: 'role'; role: Utterance['role'] }
  | { kind: 'history' }
  | {
      kind: 'block'
      verb: 'if' | 'unless' | 'each'
      path: string
      body: TemplateNode[]
      otherwise: TemplateNode[]
    }

type Token = { kind: 'text' | 'tag'; text: string; line: number }
type Scope = { value: unknown; index?: number; parent?: Scope }

const MAX_DEPTH = 16
/** Loops over loops may not make more than this. */
const MAX_RENDERED = 262_144
const PATH = /^(?:@index|this|(?:this\.)?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)$/
const ROLES: Record<string, Utterance['role']> = {
  system: 'system',
  user: 'user',
  model: 'assistant',
  assistant: 'assistant',
}

const refuse = (line: number, got: string, expected: string) =>
  new Problem('card_invalid', { got: `line ${line}: ${got.slice(0, 80)}`, expected })

/** `firstLine` is where the template begins in its file, so that a message names the line that the creator sees. */
export function parseTemplate(source: string, firstLine = 1): TemplateNode[] {
  const tokens = dropStandaloneLines(tokensOf(source, firstLine))
  const reader = { tokens, at: 0 }
  const nodes = parseNodes(reader, 0)
  const rest = reader.tokens[reader.at]
  if (rest) throw refuse(rest.line, `{{${rest.text}}}`, 'a block that was opened before')
  return nodes
}

function tokensOf(source: string, firstLine: number): Token[] {
  const tokens: Token[] = []
  let line = firstLine
  let at = 0
  const push = (kind: Token['kind'], text: string, whole: string) => {
    if (whole !== '') tokens.push({ kind, text, line })
    line += whole.split('\n').length - 1
    at += whole.length
  }
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    push('text', source.slice(at, open < 0 ? undefined : open), source.slice(at, open < 0 ? undefined : open))
    if (open < 0) break
    const comment = source.startsWith('{{!--', at)
    const close = source.indexOf(comment ? '--}}' : '}}', at)
    if (close < 0) throw refuse(line, source.slice(at, at + 40), 'a closing }}')
    const end = close + (comment ? 4 : 2)
    push('tag', source.slice(at + 2, comment ? close + 2 : close).trim(), source.slice(at, end))
  }
  return tokens
}

const isBlockTag = (token: Token) => token.kind === 'tag' && /^(?:[#/!]|else$)/.test(token.text)

/** A block tag alone on its line leaves no empty line behind, as in Handlebars. */
function dropStandaloneLines(tokens: Token[]): Token[] {
  const trimmed = tokens.map(token => ({ ...token }))
  tokens.forEach((token, index) => {
    if (!isBlockTag(token)) return
    const [before, after] = [tokens[index - 1], tokens[index + 1]]
    const startsLine =
      before === undefined ||
      (before.kind === 'text' &&
        /(^|\n)[ \t]*$/.test(before.text) &&
        (before.text.includes('\n') || index === 1))
    const endsLine =
      after === undefined ||
      (after.kind === 'text' &&
        /^[ \t]*(\r?\n|$)/.test(after.text) &&
        (after.text.includes('\n') || index === tokens.length - 2))
    if (!startsLine || !endsLine) return
    const [head, tail] = [trimmed[index - 1], trimmed[index + 1]]
    if (head) head.text = head.text.replace(/[ \t]*$/, '')
    if (tail) tail.text = tail.text.replace(/^[ \t]*\r?\n?/, '')
  })
  return trimmed
}

function parseNodes(reader: { tokens: Token[]; at: number }, depth: number): TemplateNode[] {
  const nodes: TemplateNode[] = []
  for (;;) {
    const token = reader.tokens[reader.at]
    if (!token || (token.kind === 'tag' && /^(?:\/|else$)/.test(token.text))) return nodes
    reader.at++
    if (token.kind === 'text') nodes.push({ kind: 'text', text: token.text })
    else if (token.text.startsWith('#')) nodes.push(parseBlock(reader, token, depth + 1))
    else if (!token.text.startsWith('!')) nodes.push(parseTag(token))
  }
}

function parseTag({ text, line }: Token): TemplateNode {
  const role = /^role\s+["']([a-z]+)["']$/.exec(text)?.[1]
  if (role !== undefined) {
    const known = ROLES[role]
    if (!known) throw refuse(line, text, 'the role system, user or model')
    return { kind: 'role', role: known }
  }
  if (/^history(\s*)$/.test(text)) return { kind: 'history' }
  if (!PATH.test(text)) throw refuse(line, `{{${text}}}`, 'a variable, #if, #unless, #each, role or history')
  return { kind: 'value', path: text }
}

function parseBlock(
  reader: { tokens: Token[]; at: number },
  { text, line }: Token,
  depth: number,
): TemplateNode {
  const [, verb, path] = /^#(if|unless|each)\s+(\S+)$/.exec(text) ?? []
  if (!verb || !path || !PATH.test(path))
    throw refuse(line, `{{${text}}}`, '#if, #unless or #each with one variable')
  if (depth > MAX_DEPTH) throw refuse(line, `{{${text}}}`, `at most ${MAX_DEPTH} nested blocks`)
  const body = parseNodes(reader, depth)
  let otherwise: TemplateNode[] = []
  if (reader.tokens[reader.at]?.text === 'else') {
    reader.at++
    otherwise = parseNodes(reader, depth)
  }
  const close = reader.tokens[reader.at]
  if (close?.text !== `/${verb}`)
    throw refuse(close?.line ?? line, close?.text ?? `{{${text}}}`, `{{/${verb}}}`)
  reader.at++
  // Safety: the pattern admits these three verbs only.
  return { kind: 'block', verb: verb as 'if' | 'unless' | 'each', path, body, otherwise }
}

export type Rendered =
  | { kind: 'text'; text: string }
  | { kind: 'role'; role: Utterance['role'] }
  | { kind: 'history' }

/** Walks the nodes with the variables. A variable's text is only ever text: it cannot open a role or a block. */
export function renderTemplate(nodes: readonly TemplateNode[], input: Record<string, unknown>): Rendered[] {
  const out: Rendered[] = []
  let size = 0
  const emit = (text: string) => {
    size += text.length
    if (size > MAX_RENDERED)
      throw new Problem('input_invalid', { expected: `at most ${MAX_RENDERED} characters once rendered` })
    out.push({ kind: 'text', text })
  }
  const walk = (list: readonly TemplateNode[], scope: Scope): void => {
    for (const node of list) {
      if (node.kind === 'text') emit(node.text)
      else if (node.kind === 'value') emit(textOf(lookup(node.path, scope)))
      else if (node.kind === 'block') walkBlock(node, scope, walk)
      else out.push(node)
    }
  }
  walk(nodes, { value: input })
  return out
}

function walkBlock(
  node: Extract<TemplateNode, { kind: 'block' }>,
  scope: Scope,
  walk: (list: readonly TemplateNode[], scope: Scope) => void,
): void {
  const value = lookup(node.path, scope)
  if (node.verb === 'each' && Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) walk(node.body, { value: item, index, parent: scope })
  } else if (node.verb === 'each') walk(node.otherwise, scope)
  else walk(truthy(value) === (node.verb === 'if') ? node.body : node.otherwise, scope)
}

const truthy = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

function lookup(path: string, scope: Scope): unknown {
  if (path === '@index') return scope.index
  const names = path
    .replace(/^this\.?/, '')
    .split('.')
    .filter(name => name !== '')
  const own = step(scope.value, names)
  if (own !== undefined || names.length === 0 || path.startsWith('this')) return own
  return scope.parent ? lookup(path, scope.parent) : undefined
}

function step(value: unknown, names: string[]): unknown {
  let current = value
  for (const name of names) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined
    current = (current as Record<string, unknown>)[name] // Safety: an object that owns the name, checked above.
  }
  return current
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? canonicalJson(value) : String(value)
}
