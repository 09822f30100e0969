/** The whole market on one machine: boots its parts in order, seeds it once, and stops them in reverse, the chain last. */
import { mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { checkChain, createMarket, type Market } from '@grimoire/client/market'
import { type InferenceNode, startInferenceNode } from '@grimoire/inference-node/server'
import { nodeHealth } from '@grimoire/schema/node'
import { Problem } from '@grimoire/schema/problem'
import { litNetwork } from '@grimoire/seal/lit'
import { startEdge } from '@grimoire/worker/local'
import type { LocalAccount } from 'viem'
import { people } from './accounts.ts'
import { type Chain, startChain } from './chain.ts'
import { KEY_NODES, startKeyNodeProcess } from './keepers.ts'
import { deployDevnetLedger, readAddresses } from './ledger.ts'
import { nodeConfigOf, registerDevnetOperator } from './node.ts'
import { type Ports, requireFree } from './ports.ts'
import { proveSeeds } from './proving.ts'
import { seedMarket } from './seeding.ts'
import { DEMO_MODEL_PATH } from './seeds.ts'

export type DevnetOptions = {
  /** Everything that outlives a stop lies here. */
  folder: string
  ports: Ports
  fresh?: boolean
  /** Publish the six shipped works, once. */
  seeded?: boolean
  /** Has the node prove that it opens the seeded works. */
  proven?: boolean
  /** A GGUF file or `hf:<user>/<repo>:<quant>`; the shipped model without it. */
  model?: string
  /** Further settings of the edge, by their names in `wrangler.toml`. */
  edgeSettings?: Record<string, string>
  say?: (text: string) => void
  /** Where the node's log lines go; nowhere without it. */
  log?: (line: Record<string, unknown>) => void
  /** How far the download of a model has come. */
  onProgress?: (progress: { totalSize: number; downloadedSize: number }) => void
}

export type Devnet = Awaited<ReturnType<typeof startDevnet>>

type Closer = () => Promise<unknown>

/** The chain's state and the rest of the folder belong together: one without the other is no market. */
async function openLedger(chain: Chain, { folder, ports }: DevnetOptions) {
  const known = readAddresses(folder)
  if (!known) return { addresses: await deployDevnetLedger(chain, { folder, ports }), isNew: true }
  const code = await chain.publicClient.getCode({ address: known.works })
  if (code) return { addresses: known, isNew: false }
  throw new Problem('config_invalid', {
    detail: `The chain of ${folder} has lost its state. Begin anew with --fresh.`,
    got: 'no ledger on the chain',
    expected: `one at ${known.works}`,
  })
}

/** All or none: what started is ended by its closer, also when a neighbour did not start. */
async function startKeepers(
  chain: Chain,
  { folder, ports }: DevnetOptions,
  addresses: Market['addresses'],
  closers: Closer[],
) {
  const starts = Array.from({ length: KEY_NODES }, async (_, index) => {
    const port = ports.keyNodes[index] ?? 0
    const node = await startKeyNodeProcess({ index, port, folder, rpcUrl: chain.rpcUrl, addresses })
    closers.push(() => node.stop())
    return node
  })
  return everyOne(starts)
}

/** Like `Promise.all`, but waits for the rest before it fails, so that nothing starts behind the back of a stop. */
async function everyOne<T>(starts: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(starts)
  return settled.map(one => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

async function assemble(options: DevnetOptions, closers: Closer[]) {
  const { folder, ports, onProgress, say = () => {}, log = () => {} } = options
  const chain = await startChain({ port: ports.chain, statePath: join(folder, 'chain.json') })
  closers.push(() => chain.stop())
  // From here to the end of the seeding blocks come as they are needed: a first start takes seconds, not minutes.
  await chain.mineAtOnce()
  const { addresses, isNew } = await openLedger(chain, options)
  say(isNew ? 'chain and ledger: new' : 'chain and ledger: as you left them')
  const serving = Promise.withResolvers<void>()
  const edgeStart = startEdge({
    port: ports.edge,
    clockAfter: serving.promise,
    stateFolder: join(folder, 'edge'),
    addresses,
    rpcUrl: chain.rpcUrl,
    ...(options.edgeSettings ? { settings: options.edgeSettings } : {}),
  }).then(started => {
    closers.push(() => started.stop())
    return started
  })
  const [keyNodesStarted] = await Promise.allSettled([
    startKeepers(chain, options, addresses, closers),
    edgeStart,
  ])
  if (keyNodesStarted.status === 'rejected') throw keyNodesStarted.reason
  const [keyNodes, edge] = [keyNodesStarted.value, await edgeStart]
  say(`key nodes: ${keyNodes.length} answer; edge: ${edge.url}`)
  const keyNetwork = litNetwork({
    chainId: addresses.chainId,
    keyNetwork: addresses.keyNetwork,
    publicClient: chain.publicClient,
  })
  closers.push(() => keyNetwork.close())
  const market = createMarket({ addresses, publicClient: chain.publicClient, edgeUrl: edge.url, keyNetwork })
  await checkChain(market)
  const model = options.model ?? DEMO_MODEL_PATH
  const endpoint = `http://127.0.0.1:${ports.node}`
  await registerDevnetOperator(market, chain.walletOf(people.olga), { folder, endpoint })
  const config = nodeConfigOf({
    folder,
    port: ports.node,
    rpcUrl: chain.rpcUrl,
    edgeUrl: edge.url,
    addresses,
    model,
  })
  const node = await startInferenceNode(config, { log, ...(onProgress ? { onProgress } : {}) })
  closers.push(() => node.stop())
  serving.resolve()
  return { chain, addresses, keyNodes, edge, market, node, config }
}

/** Known before anything is started: a local file that is not there, or is no GGUF at all. */
async function requireModel(model = DEMO_MODEL_PATH): Promise<void> {
  if (/^(hf:|https:)/.test(model)) return
  const file = await open(model).catch(cause => {
    throw new Problem('model_file_invalid', { got: model, expected: 'a GGUF file that can be read', cause })
  })
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close())
  const magic = buffer.toString('latin1', 0, bytesRead)
  if (magic !== 'GGUF')
    throw new Problem('model_file_invalid', {
      got: `${model}, which begins with "${magic}"`,
      expected: 'GGUF',
    })
}

/** What the node says of itself: the engine's release and the base model, read and not assumed. */
async function readHealth(node: InferenceNode) {
  const response = await fetch(`${node.url}/health`)
  return nodeHealth.parse(await response.json())
}

export async function startDevnet(options: DevnetOptions) {
  const { folder, ports, fresh = false, seeded = false, proven = false, say = () => {} } = options
  await requireFree(ports)
  await requireModel(options.model)
  if (fresh) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const closers: Closer[] = []
  const stop = async () => {
    // One part that fails to stop is no reason to leave the others running.
    for (const close of closers.splice(0).reverse()) await close().catch(() => {})
  }
  try {
    const parts = await assemble(options, closers)
    const { chain, market, node } = parts
    const health = await readHealth(node)
    const base = { name: health.base.name, sha256: health.base.sha256 }
    const seeds = seeded ? await seedMarket(market, chain, { folder, base }) : []
    if (seeded) say(`works: ${seeds.length} on the market`)
    if (proven) {
      const count = await proveSeeds(market, chain, { seeded: seeds, nodeUrl: node.url })
      say(`proofs: the node showed that it opens ${count} of them`)
    }
    await chain.mineEverySecond()
    return {
      ...parts,
      ...{ folder, ports, health, seeds, stop },
      base,
      operator: people.olga,
      nodeUrl: node.url,
      walletOf: <A extends LocalAccount>(account: A) => chain.walletOf(account),
      claim: () => node.claimNow(),
    }
  } catch (error) {
    await stop()
    throw error
  }
}
