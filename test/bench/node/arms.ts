/** Three ways to the same llama.cpp and the same words: the node's engine, llama-server, and node-llama-cpp called directly. */
import { type ChildProcess, spawn } from 'node:child_process'
import { freePorts } from '@grimoire/devnet/ports'
import { ENGINE_DEFAULTS, Engine } from '@grimoire/inference-node/engine/engine'
import { getLlama, LlamaLogLevel } from 'node-llama-cpp'

export type Turn = { system?: string; user: string; maxTokens: number }
export type Timed = { firstMs: number; totalMs: number; tokens: number }
export type Arm = {
  name: string
  /** `stream` tells the concurrent turns apart: 0 to concurrency - 1. */
  ask(turn: Turn, stream: number): Promise<Timed>
  stop(): Promise<void>
}
export type Shape = { modelPath: string; sequences: number; contextTokens: number; threads: number }

/** Notes when the first text came and when the answer ended. */
function stopwatch() {
  const started = performance.now()
  let firstMs = 0
  return {
    piece: () => {
      firstMs ||= performance.now() - started
    },
    end: (tokens: number): Timed => ({ firstMs, totalMs: performance.now() - started, tokens }),
  }
}

const messagesOf = ({ system, user }: Turn) => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  { role: 'user' as const, content: user },
]

export type EngineArm = Arm & { engine: Engine }

export async function engineArm(shape: Shape, opening?: string): Promise<EngineArm> {
  const engine = await Engine.start({
    ...{ ...ENGINE_DEFAULTS, ...shape, gpu: false, openWorks: 32 },
    queue: 64,
  })
  const saying = (user: string) => messagesOf({ user, maxTokens: 0, ...(opening ? { system: opening } : {}) })
  engine.admit('work', undefined, [saying('A'), saying('7')])
  let holders = 0
  return {
    ...{ name: 'engine', engine, stop: () => engine.stop() },
    ask: turn => engineTurn(engine, 'work', turn, `holder ${holders++}`),
  }
}

export async function engineTurn(engine: Engine, work: string, turn: Turn, holder: string): Promise<Timed> {
  const watch = stopwatch()
  const leave = await engine.turnstile.enter({ holder, work })
  try {
    const { outputTokens } = await engine.chat({
      ...{ work, holder, messages: messagesOf(turn), onText: watch.piece },
      sampling: { temperature: 0, stop: [], maxTokens: turn.maxTokens },
      signal: new AbortController().signal,
    })
    return watch.end(outputTokens)
  } finally {
    leave()
  }
}

/** One sequence for each stream, as its documentation shows; greedy, and no words in common from turn to turn. */
export async function directArm({ modelPath, sequences, contextTokens, threads }: Shape): Promise<Arm> {
  const llama = await getLlama({
    ...{ gpu: false, build: 'never', skipDownload: true, maxThreads: threads, logLevel: LlamaLogLevel.error },
  })
  const model = await llama.loadModel({ modelPath })
  const context = await model.createContext({ contextSize: contextTokens, sequences, threads })
  const all = Array.from({ length: sequences }, () => context.getSequence())
  const ask = async (turn: Turn, stream: number) => {
    const watch = stopwatch()
    const sequence = all[stream]
    if (!sequence) throw new Error(`no sequence ${stream}`)
    await sequence.clearHistory()
    const text = messagesOf(turn).map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`)
    const prompt = model.tokenize(`${text.join('')}<|im_start|>assistant\n`, true)
    let tokens = 0
    for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
      model.detokenize([token])
      watch.piece()
      tokens++
      if (tokens >= turn.maxTokens) break
    }
    return watch.end(tokens)
  }
  return { name: 'node-llama-cpp', ask, stop: () => llama.dispose() }
}

type Chunk = { choices?: { delta: { content?: string | null } }[]; timings?: { predicted_n: number } }

/** A turn against llama-server's own HTTP, streamed as its clients do. */
async function serverTurn(url: string, turn: Turn): Promise<Timed> {
  const watch = stopwatch()
  const body = {
    max_tokens: turn.maxTokens,
    stream: true,
    cache_prompt: false,
    ignore_eos: true,
    temperature: 0,
  }
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ ...body, messages: messagesOf(turn) }),
  })
  if (!response.ok || !response.body)
    throw new Error(`llama-server: ${response.status} ${await response.text()}`)
  let pending = ''
  let tokens = 0
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (pending + piece).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue
      const { choices, timings } = JSON.parse(line.slice(6)) as Chunk // Safety: the server that the caller named says so.
      if (choices?.[0]?.delta.content) watch.piece()
      tokens = timings?.predicted_n ?? tokens
    }
  }
  return watch.end(tokens)
}

export async function serverArm(
  binary: string,
  { modelPath, sequences, contextTokens, threads }: Shape,
): Promise<Arm> {
  const { node: port } = await freePorts()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    binary,
    [
      ...['-m', modelPath, '-t', `${threads}`, '-np', `${sequences}`, '-c', `${sequences * contextTokens}`],
      ...['--port', `${port}`, '--no-webui', '--cache-ram', '0', '-ngl', '0', '--log-disable'],
    ],
    { stdio: 'ignore' },
  )
  const stop = async () => {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  await untilHealthy(url, child)
  return { name: 'llama-server', ask: turn => serverTurn(url, turn), stop }
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 120_000
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`llama-server ended with ${child.exitCode}`)
    const healthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (healthy) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('llama-server did not become healthy in two minutes')
}
