/** The whole node over HTTP, paid turn by turn: access checks, vouchers, the guard and receipts on, beside llama-server. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CARD, NodeWorld } from '@grimoire/inference-node/fixture'
import { logNothing } from '@grimoire/inference-node/log'
import { startInferenceNode } from '@grimoire/inference-node/server'
import type { Row } from '../row.ts'
import { type Arm, engineArm, serverArm, type Turn } from './arms.ts'
import { compared, least, most, rounds, type SpeedOptions, someText } from './speed.ts'

const AT_ONCE = 4
const ANSWER_TOKENS = 48

/** Each stream pays from a channel of its own, as holders do; the payment is made before the clock starts. */
async function wholeArm(world: NodeWorld, modelPath: string): Promise<Arm> {
  const sha256 = createHash('sha256').update(readFileSync(modelPath)).digest('hex')
  const engine = { gpu: false as const, threads: 1, sequences: AT_ONCE, contextTokens: 1_024 }
  const config = world.config('bench', { model: modelPath, engine })
  const node = await startInferenceNode(config, { log: logNothing })
  const work = await world.publish('chatbot', CARD, { base: sha256 })
  await world.buy('holder', work)
  const granted = await world.grant(node.url, 'holder', work)
  if (!granted.ok) throw new Error(await granted.text())
  const payers = Array.from({ length: AT_ONCE }, () => world.payer('holder'))
  const ask = async ({ user, maxTokens }: Turn, stream: number) => {
    const payer = payers[stream]
    if (!payer) throw new Error(`no payer ${stream}`)
    let started = performance.now()
    let firstMs = 0
    const asked = await payer.ask(
      node.url,
      { model: work.model, messages: [{ role: 'user', content: user }], max_tokens: maxTokens },
      {
        onPaid: () => {
          started = performance.now()
        },
        onPiece: () => {
          firstMs ||= performance.now() - started
        },
      },
    )
    if (!asked.tail) throw new Error(`a turn failed: ${JSON.stringify(asked)}`)
    return { firstMs, totalMs: performance.now() - started, tokens: asked.tail.receipt.outputTokens }
  }
  return { name: 'engine', ask, stop: () => node.stop() }
}

export async function benchWhole({ modelPath, server, count }: SpeedOptions): Promise<Row[]> {
  const world = await NodeWorld.start()
  const shape = { modelPath, sequences: AT_ONCE, contextTokens: 1_024, threads: 1 }
  const arms = [await wholeArm(world, modelPath)]
  try {
    if (server !== undefined) arms.push(await serverArm(server, shape))
    const bare = { ...(await engineArm(shape, 'You are Mira.')), name: 'bare engine' }
    arms.push(bare)
    const turn = (): Turn => ({ system: 'You are Mira.', user: someText(), maxTokens: ANSWER_TOKENS })
    await rounds(arms, 1, turn, AT_ONCE) // Deposits, and the work is opened.
    const one = await rounds(arms, count, turn, 1)
    const four = await rounds(arms, count, turn, AT_ONCE)
    return [
      ...compared(one, 'decode', 'whole node: decode, 1 at once', 'tokens/s', least(0.97)),
      ...compared(one, 'firstMs', 'whole node: first token', 'ms', most(1.05)),
      ...compared(four, 'aggregate', 'whole node: all tokens, 4 at once', 'tokens/s', least(1)),
    ]
  } finally {
    for (const arm of arms) await arm.stop()
    await world.stop()
  }
}
