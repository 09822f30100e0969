/** The other side of `engine: openai`: which server it is, how it counts tokens, and its streams. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { utf8Bytes } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import { z } from 'zod'
import type { Sampling } from '../protocol.ts'
import type { OpenAiServer } from './settings.ts'
import { conversationOf } from './spoken.ts'

const ASK_MS = 15_000
/** Of a template, around each message: more than any that is in use. */
const TEMPLATE_TOKENS = 32
const MAX_EVENT_CHARACTERS = 1_000_000

const props = z.object({ build_info: z.string() })
const version = z.object({ version: z.string() })
const counted = z.object({ count: z.number().int().min(0) })
const PROBE: Utterance[] = [{ role: 'user', content: 'one' }]

type Counts = 'llama-server' | 'vllm' | 'bytes'

/** What the servers say of themselves, each on a path of its own. */
const SIGNS: [path: string, nameOf: (body: unknown) => string | null][] = [
  ['/props', body => named('llama-server', props.safeParse(body).data?.build_info)],
  ['/get_server_info', body => named('SGLang', version.safeParse(body).data?.version)],
  ['/version', body => named('vLLM', version.safeParse(body).data?.version)],
  ['/api/version', body => named('Ollama', version.safeParse(body).data?.version)],
]

const named = (name: string, release: string | undefined): string | null =>
  release === undefined ? null : `${name} ${release}`

async function nameOf(at: OpenAiServer): Promise<string> {
  for (const [path, read] of SIGNS) {
    const name = read(await ask(at, rootOf(at) + path).catch(() => null))
    if (name !== null) return name
  }
  return 'a server of OpenAI’s API'
}

async function countsOf(at: OpenAiServer, name: string): Promise<Counts> {
  if (name.startsWith('llama-server ')) return 'llama-server'
  const answer = await ask(at, `${rootOf(at)}/tokenize`, vllmConversation(at, PROBE)).catch(() => null)
  return counted.safeParse(answer).success ? 'vllm' : 'bytes'
}

const vllmConversation = ({ model }: OpenAiServer, messages: readonly Utterance[], sampling?: Sampling) => ({
  ...{ model, add_generation_prompt: true },
  ...conversationOf(messages, sampling),
})

export class SpeakingServer {
  readonly #at: OpenAiServer
  readonly #counts: Counts
  /** For receipts: which engine spoke. */
  readonly build: string

  private constructor(at: OpenAiServer, build: string, counts: Counts) {
    this.#at = at
    this.#counts = counts
    this.build = build
  }

  /** Asks until it is clear who answers; a server that does not, or does not know the model, is a setting to correct. */
  static async find(at: OpenAiServer): Promise<SpeakingServer> {
    const list = z.object({ data: z.array(z.object({ id: z.string() })) })
    const models = list.safeParse(await ask(at, `${at.baseUrl}/models`).catch(() => null)).data
    if (!models) {
      throw new Problem('config_invalid', {
        ...{ param: 'engine.baseUrl', got: at.baseUrl },
        expected: 'a server of OpenAI’s API that answers there',
      })
    }
    const build = await nameOf(at)
    const counts = await countsOf(at, build)
    const ids = models.data.map(({ id }) => id)
    // llama-server answers to any name; the others refuse every turn for one that they do not have.
    if (counts !== 'llama-server' && !ids.some(id => id === at.model || id.split(':')[0] === at.model)) {
      const expected = `one of ${ids.join(', ')}`
      throw new Problem('config_invalid', { param: 'engine.model', got: at.model, expected })
    }
    return new SpeakingServer(at, build, counts)
  }

  answers(): Promise<boolean> {
    return ask(this.#at, `${this.#at.baseUrl}/models`).then(
      () => true,
      () => false,
    )
  }

  /** By the server's own tokenizer where it shows one; else a bound: no token is shorter than a byte. */
  async count(messages: readonly Utterance[], sampling?: Sampling): Promise<number> {
    if (this.#counts === 'bytes') return boundOf(messages, sampling)
    const at = this.#at
    try {
      if (this.#counts === 'llama-server') return await countLlama(at, conversationOf(messages, sampling))
      const body = vllmConversation(at, messages, sampling)
      return counted.parse(await ask(at, `${rootOf(at)}/tokenize`, body)).count
    } catch (cause) {
      throw failed('no count of tokens', cause)
    }
  }

  /** The data of each event until `[DONE]`; a stream that ends without it broke off. */
  async *chat(body: object, signal: AbortSignal): AsyncGenerator<string> {
    const response = await fetch(`${this.#at.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: headersOf(this.#at),
      body: JSON.stringify(body),
      redirect: 'error', // What is asked goes to the server that the operator named, and nowhere else.
      signal,
    })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw failed(`status ${response.status} of the server`) // Its words may quote what it was asked.
    }
    for await (const data of eventsOf(response.body)) {
      if (data === '[DONE]') return
      yield data
    }
    throw failed('a stream that broke off')
  }
}

async function countLlama(at: OpenAiServer, conversation: object): Promise<number> {
  const root = rootOf(at)
  const written = await ask(at, `${root}/apply-template`, conversation)
  const { prompt } = z.object({ prompt: z.string() }).parse(written)
  const tokenized = await ask(at, `${root}/tokenize`, {
    content: prompt,
    add_special: true,
    parse_special: true,
  })
  return z.object({ tokens: z.array(z.unknown()) }).parse(tokenized).tokens.length
}

export const failed = (got: string, cause?: unknown): Problem =>
  new Problem('engine_failed', { got, ...(cause === undefined ? {} : { cause }) })

const rootOf = ({ baseUrl }: OpenAiServer): string => baseUrl.replace(/\/v1$/, '')

const headersOf = ({ apiKey }: OpenAiServer): Record<string, string> => ({
  'content-type': 'application/json',
  ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
})

async function ask(at: OpenAiServer, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    headers: headersOf(at),
    signal: AbortSignal.timeout(ASK_MS),
    redirect: 'error',
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  if (response.ok) return response.json()
  await response.body?.cancel()
  throw new Error(`status ${response.status}`)
}

function boundOf(messages: readonly Utterance[], sampling?: Sampling): number {
  const texts = messages.flatMap(({ content, calls = [] }) => [
    content,
    ...calls.flatMap(call => [call.name, call.arguments]),
  ])
  const said = texts.reduce((sum, text) => sum + utf8Bytes(text), 0)
  // A template writes the tools out in its own way, with more space between them than there is here.
  const offered = sampling?.offered ? 2 * utf8Bytes(canonicalJson(sampling.offered.tools)) : 0
  return said + offered + TEMPLATE_TOKENS * (messages.length + 1)
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const bytes of body) {
    pending += decoder.decode(bytes, { stream: true })
    const lines = pending.split(/\r?\n/)
    pending = lines.pop() ?? ''
    if (pending.length > MAX_EVENT_CHARACTERS) throw failed('an event without an end')
    // These servers write each event's data on one line.
    for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim()
  }
}
