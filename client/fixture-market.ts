/** The small world of `fixture.ts` with the edge in workerd and, on demand, key nodes and an inference node: all real. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyNode } from '@grimoire/contracts/deploy'
import { registryRows, shares, startKeyNodeProcess, THRESHOLD } from '@grimoire/devnet/keepers'
import { freePorts } from '@grimoire/devnet/ports'
import { randomBase } from '@grimoire/inference-node/engine/random-gguf'
import { startInferenceNode } from '@grimoire/inference-node/server'
import { type Manifest, MEDIA_TYPES } from '@grimoire/schema/manifest'
import type { Prices } from '@grimoire/schema/price'
import { makeSessionKey } from '@grimoire/seal/grant'
import { litNetwork } from '@grimoire/seal/lit'
import type { PlainPart } from '@grimoire/seal/parts'
import { startEdge } from '@grimoire/worker/local'
import { parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { sha256Hex } from './edge.ts'
import { PRICES, startWorld } from './fixture.ts'
import { createMarket } from './market.ts'
import { registerOperator } from './operator-register.ts'

export type SmallMarket = Awaited<ReturnType<typeof startMarket>>

const PROMPT = `---
model: demo
---
Say what you know of the red tower.`

/** One card, so that a work has something to open. */
export const promptParts = (text = PROMPT): PlainPart[] => [
  {
    role: 'card',
    name: 'tower.prompt',
    mediaType: MEDIA_TYPES.promptCard,
    bytes: new TextEncoder().encode(text),
  },
]

export const words = (base: Manifest['base'], title = 'The red tower') => ({
  title,
  summary: 'Knows one thing about a tower.',
  tags: ['tower'],
  language: 'en',
  licence: 'CC-BY-4.0',
  base,
})

/** Chain, ledger, three key nodes of which two open, and the edge; every part on a free port, all state in one folder. */
export async function startMarket() {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-client-'))
  const ports = await freePorts()
  const dealt = shares(folder)
  const nodes: KeyNode[] = registryRows(dealt, ports.keyNodes)
  const world = await startWorld({ nodes, threshold: THRESHOLD, networkKey: dealt.networkKey })
  const { addresses, publicClient, url: rpcUrl } = world
  const keepers = await Promise.all(
    ports.keyNodes.map((port, index) => startKeyNodeProcess({ index, port, folder, rpcUrl, addresses })),
  )
  const stateFolder = join(folder, 'edge')
  const edge = await startEdge({ addresses, rpcUrl, stateFolder, indexEveryMs: 0, writesPerMinute: 10_000 })
  const { chainId, keyNetwork: registry } = addresses
  const keyNetwork = litNetwork({ chainId, keyNetwork: registry, publicClient, timeoutMs: 3_000 })
  const market = createMarket({ addresses, publicClient, edgeUrl: edge.url, keyNetwork })
  const stop = async () => {
    await keyNetwork.close()
    await edge.stop()
    await Promise.all(keepers.map(keeper => keeper.stop()))
    world.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...world, folder, edge, keyNetwork, market, stop }
}

export type NodeSetup = {
  /** Tells its files from another node's. */
  name?: string
  prices?: Prices
  minDepositAtomic?: string
  /** Where it fetches blobs from after the edge. */
  mirrors?: readonly string[]
  /** The file of its base model. */
  base?: Buffer
  /** What stands before it, and is registered in its place. */
  front?: (nodeUrl: string) => Promise<string>
}

/** A bonded operator with a node that serves; its model has random weights, so only its words are worthless. */
export async function startNode(world: SmallMarket, setup: NodeSetup = {}) {
  const { name = 'node', prices = PRICES, minDepositAtomic = '200000', mirrors = [] } = setup
  const { front = async nodeUrl => nodeUrl, base: file = randomBase() } = setup
  const { addresses, folder, edge, url: rpcUrl, testClient } = world
  const wallet = await world.person()
  const sessionKey = makeSessionKey()
  const paymentKey = generatePrivateKey()
  const payer = privateKeyToAccount(paymentKey)
  await testClient.setBalance({ address: payer.address, value: parseEther('10') })
  const bytes = new Uint8Array(file)
  const model = join(folder, `${name}.gguf`)
  writeFileSync(model, bytes)
  const directory = join(folder, name)
  const start = () =>
    startInferenceNode(
      {
        rpcUrl,
        addresses,
        edges: [edge.url, ...mirrors],
        operator: wallet.account.address,
        directory,
        model,
        port: 0,
        minDepositAtomic,
        withdrawDelaySeconds: 900,
        canaryEverySeconds: 1,
        engine: { gpu: false, threads: 1 },
        paymentKey,
        sessionKey: sessionKey.secretKey,
      },
      { log: () => {} },
    )
  const node = await start()
  await registerOperator(world, {
    wallet,
    endpoint: await front(node.url),
    sessionKey: sessionKey.publicKey,
    paymentKey: payer.address,
    prices,
    bondAtomic: 100_000_000n,
  })
  const base = { name: 'random', sha256: await sha256Hex(bytes) }
  /** The same operator after its disk was lost; it says at which address it is now. */
  const startEmptied = () => {
    rmSync(directory, { recursive: true })
    return start()
  }
  return { node, wallet, operator: wallet.account.address, base, startEmptied }
}
