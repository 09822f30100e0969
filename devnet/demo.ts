/** `npm run demo`: walks the path once on a fresh devnet of its own, and ends with one JSON line of what was measured. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findWorks } from '@grimoire/client/find-works'
import { isProblem } from '@grimoire/schema/problem'
import { exitWith, readOptions } from './arguments.ts'
import { KEY_NODES, THRESHOLD } from './keepers.ts'
import { type Devnet, startDevnet } from './market.ts'
import { walkPath } from './path.ts'
import { freePorts } from './ports.ts'
import { createSteps } from './steps.ts'

type Walk = Awaited<ReturnType<typeof walkPath>>

/** Every value is what the chain, the stream or the database said at its moment. */
async function summary(devnet: Devnet, walk: Walk) {
  const { earned, sold, turns, state, chatbot, prompt, answered } = walk
  const [first] = turns
  const listed = await findWorks(devnet.market)
  return {
    works: listed.works.length,
    keyNodes: KEY_NODES,
    threshold: THRESHOLD,
    engine: devnet.health.engine,
    llamaRelease: devnet.health.llamaRelease,
    sealedBytes: chatbot.sealedBytes + prompt.sealedBytes,
    answer: first?.text ?? '',
    answerTokens: first?.receipt.outputTokens ?? 0,
    firstTokenMs: Math.round(first?.timings.firstTokenMs ?? 0),
    walletSignatures: state.walletSignatures,
    vouchers: state.vouchers,
    paidAtomic: String(state.chargedAtomic),
    creatorRoyaltyAtomic: String(earned.creatorAtomic),
    parentsRoyaltyAtomic: String(earned.parentsAtomic),
    restingAtomic: String(earned.restingAtomic),
    operatorFeeAtomic: String(earned.operatorAtomic),
    protocolFeeAtomic: String(earned.protocolAtomic),
    resaleRoyaltyAtomic: String(sold.royaltyAtomic),
    sellerRefused: isProblem(walk.refusal),
    buyerAnswered: answered.text.length > 0,
    openedPromptMatches: walk.openedPromptMatches,
  }
}

async function main(): Promise<void> {
  const { model } = readOptions(['model'])
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-demo-'))
  const write = (text: string) => process.stdout.write(text)
  let devnet: Devnet | null = null
  const clear = async () => {
    await devnet?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clear().then(() => process.exit(130)))
  try {
    const say = (text: string) => write(`  ${text}\n`)
    write('Booting a market of its own (chain, 3 key nodes, edge, inference node) on free ports\n')
    devnet = await startDevnet({ folder, ports: await freePorts(), say, ...(model ? { model } : {}) })
    write('\n')
    const walk = await walkPath({ devnet, steps: createSteps(write) })
    write(`\n${JSON.stringify(await summary(devnet, walk))}\n`)
  } finally {
    await clear()
  }
}

main().then(() => process.exit(0), exitWith)
