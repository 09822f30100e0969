/** The whole market on one machine: boots its parts in order, seeds it once, and stops them in reverse, the chain last. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
import { DEMO_MODEL_PATH, publishSeed, readSeeds } from './seeds.ts'

export type DevnetOptions = {
  /** Everything that outlives a stop lies here. */
  folder: string
  ports: Ports
  fresh?: boolean
  /** Publish the six shipped works, once. */
  seeded?: boolean
  /** A GGUF file or `hf:<user>/<repo>:<quant>`; the shipped model without it. */
  model?: string
  say?: (text: string) => void
  /** Where the node's log lines go; nowhere without it. */
  log?: (line: Record<string, unknown>) => void
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

async function startKeepers(
  chain: Chain,
  { folder, ports }: DevnetOptions,
  addresses: Market['addresses'],
  closers: Closer[],
) {
  const nodes = await Promise.all(
    Array.from({ length: KEY_NODES }, (_, index) =>
      startKeyNodeProcess({
        index,
        port: ports.keyNodes[index] ?? 0,
        folder,
        rpcUrl: chain.rpcUrl,
        addresses,
      }),
    ),
  )
  for (const node of nodes) closers.push(() => node.stop())
  return nodes
}

type Seeded = { slug: string; title: string; kind: string; workId: string }

/** Publishes the shipped works, each once, however often a first start was interrupted. */
async function seed(
  market: Market,
  chain: Chain,
  folder: string,
  base: { name: string; sha256: string },
  demoBase: string,
) {
  const path = join(folder, 'seeds.json')
  const done: Seeded[] = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Seeded[]) : [] // Safety: written below.
  const creators = [people.ada, people.bela]
  for (const [index, one] of readSeeds().entries()) {
    if (done.some(({ slug }) => slug === one.slug)) continue
    const creator = creators[index % creators.length] ?? people.ada
    // An adapter fits the shipped weights only; everything else is minted for the model that this market runs.
    const fits = one.adapter ? { name: 'grimoire-demo', sha256: demoBase } : base
    const { workId } = await publishSeed(market, {
      wallet: chain.walletOf(creator),
      seed: one,
      base: fits,
      admitted: [people.olga.address],
    })
    done.push({ slug: one.slug, title: one.title, kind: one.kind, workId })
    writeFileSync(path, JSON.stringify(done, null, 2))
  }
  return done
}

async function assemble(options: DevnetOptions, closers: Closer[]) {
  const { folder, ports, say = () => {}, log = () => {} } = options
  const chain = await startChain({ port: ports.chain, statePath: join(folder, 'chain.json') })
  closers.push(() => chain.stop())
  // From here to the end of the seeding blocks come as they are needed: a first start takes seconds, not minutes.
  await chain.mineAtOnce()
  const { addresses, isNew } = await openLedger(chain, options)
  say(isNew ? 'chain and ledger: new' : 'chain and ledger: as you left them')
  const edgePromise = startEdge({
    port: ports.edge,
    stateFolder: join(folder, 'edge'),
    addresses,
    rpcUrl: chain.rpcUrl,
  })
  edgePromise.then(edge => closers.push(() => edge.stop())).catch(() => {})
  const [keyNodes, edge] = await Promise.all([startKeepers(chain, options, addresses, closers), edgePromise])
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
  const node = await startInferenceNode(config, { log })
  closers.push(() => node.stop())
  return { chain, addresses, keyNodes, edge, market, node, config }
}

/** What the node says of itself: the engine's release and the base model, read and not assumed. */
async function readHealth(node: InferenceNode) {
  const response = await fetch(`${node.url}/health`)
  return nodeHealth.parse(await response.json())
}

export async function startDevnet(options: DevnetOptions) {
  const { folder, ports, fresh = false, seeded = false, say = () => {} } = options
  await requireFree(ports)
  if (fresh) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const closers: Closer[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const parts = await assemble(options, closers)
    const { chain, market, node } = parts
    const health = await readHealth(node)
    const { sha256 } = health.base
    const seeds = seeded
      ? await seed(market, chain, folder, { name: health.base.name, sha256 }, await demoSha256())
      : []
    if (seeded) say(`works: ${seeds.length} on the market`)
    await chain.mineEverySecond()
    return {
      ...parts,
      ...{ folder, ports, health, seeds, stop },
      base: { name: health.base.name, sha256 },
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

async function demoSha256(): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', readFileSync(DEMO_MODEL_PATH))
  return Buffer.from(digest).toString('hex')
}
