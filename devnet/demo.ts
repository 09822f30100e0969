/** `npm run demo`: walks the path once on a fresh devnet of its own, and ends with one JSON line of what was measured. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findWorks } from '@grimoire/client/find-works'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { isProblem } from '@grimoire/schema/problem'
import { exitWith, readOptions } from './arguments.ts'
import { type Devnet, startDevnet } from './market.ts'
import { walkPath } from './path.ts'
import { freePorts } from './ports.ts'
import { createSteps } from './steps.ts'

type Walk = Awaited<ReturnType<typeof walkPath>>

/** How many sealed bytes of a work the edge holds: asked of its bucket, part by part. */
async function storedBytes({ edge }: Devnet, { manifest }: Walk['chatbot']): Promise<number> {
  const sizes = await Promise.all(
    manifest.parts.map(async ({ sha256 }) => {
      const response = await fetch(`${edge.url}/v1/blobs/${sha256}`, { method: 'HEAD' })
      return Number(response.headers.get('content-length'))
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function keyNetworkOf({ chain, addresses }: Devnet) {
  const network = { address: addresses.keyNetwork, abi: keyNetworkAbi } as const
  const [nodes, threshold] = await Promise.all([
    chain.publicClient.readContract({ ...network, functionName: 'keyNodes' }),
    chain.publicClient.readContract({ ...network, functionName: 'threshold' }),
  ])
  return { keyNodes: nodes.length, threshold: Number(threshold) }
}

/** What the settlement says that the channel has paid. */
async function claimedAtomic({ chain, addresses }: Devnet, { chat }: Walk): Promise<bigint> {
  const [, claimed] = await chain.publicClient.readContract({
    address: addresses.settlement,
    abi: settlementAbi,
    functionName: 'channels',
    args: [chat.channelId],
  })
  return claimed
}

/** Every value is what the chain, the stream, the wallet or the edge's bucket said at its moment. */
async function summary(devnet: Devnet, walk: Walk) {
  const { earned, sold, turns, chatbot, prompt, answered } = walk
  const [first] = turns
  const listed = await findWorks(devnet.market)
  const stored = await Promise.all([storedBytes(devnet, chatbot), storedBytes(devnet, prompt)])
  return {
    works: listed.works.length,
    ...(await keyNetworkOf(devnet)),
    engine: devnet.health.engine,
    llamaRelease: devnet.health.llamaRelease,
    sealedBytes: stored[0] + stored[1],
    answer: first?.text ?? '',
    answerTokens: first?.receipt.outputTokens ?? 0,
    firstTokenMs: Math.round(first?.timings.firstTokenMs ?? 0),
    walletSignatures: walk.walletSignatures,
    vouchers: new Set(turns.map(({ receipt }) => receipt.cumulativeAtomic)).size,
    paidAtomic: String(await claimedAtomic(devnet, walk)),
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
  readOptions([])
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-demo-'))
  const write = (text: string) => process.stdout.write(text)
  const say = (text: string) => write(`  ${text}\n`)
  write('Booting a market of its own (chain, 3 key nodes, edge, inference node) on free ports\n')
  const starting = freePorts().then(ports => startDevnet({ folder, ports, say }))
  let clearing: Promise<void> | undefined
  // Also in the middle of a start: what has begun by then has to be ended too.
  const clear = () => {
    clearing ??= starting
      .then(
        devnet => devnet.stop(),
        () => {},
      )
      .then(() => rmSync(folder, { recursive: true, force: true }))
    return clearing
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void clear().then(() => process.exit(130)))
  }
  try {
    const devnet = await starting
    write('\n')
    const walk = await walkPath({ devnet, steps: createSteps(write) })
    write(`\n${JSON.stringify(await summary(devnet, walk))}\n`)
  } finally {
    await clear()
  }
}

main().then(() => process.exit(0), exitWith)
