/** Puts a node together and serves it: engine, chain, key network, till and HTTP; and takes it apart in order. */
import type { AddressInfo } from 'node:net'
import { litNetwork } from '@grimoire/seal/lit'
import type { KeyNetwork } from '@grimoire/seal/network'
import { Answering } from './admission/answering.ts'
import { Grants } from './admission/grants.ts'
import type { Ledger } from './admission/ledger.ts'
import { Undertakings } from './admission/undertakings.ts'
import { Watch } from './admission/watch.ts'
import { nodeApp } from './api/app.ts'
import { Canary } from './api/canary.ts'
import { Receipts } from './api/receipts.ts'
import { Turns } from './api/turns.ts'
import { openChain } from './chain.ts'
import { type CheckedConfig, checkConfig, type NodeConfig, nodeConfig } from './config.ts'
import { Drafts } from './drafts/drafts.ts'
import type { Progress } from './engine/model-file.ts'
import { startEngines } from './engine/start.ts'
import { Memories } from './guard/memory.ts'
import { Journal } from './journal.ts'
import { JournalReader } from './journal-reader.ts'
import { closeServer, listen } from './listen.ts'
import { type Log, logToStderr } from './log.ts'
import { inUrl, openDesk } from './operate/desk.ts'
import { Metrics } from './operate/metrics.ts'
import { Readiness } from './operate/readiness.ts'
import { Refusals } from './operate/refusals.ts'
import { nodeStatus } from './operate/status.ts'
import type { NodeParts } from './parts.ts'
import { lockDirectory, openState, type State } from './state.ts'
import { sweeping } from './sweep.ts'
import type { Claimed } from './till/claims.ts'
import { openTill } from './till/open-till.ts'
import { blobsFrom } from './unseal/blobs.ts'
import { Works } from './unseal/works.ts'

export type InferenceNode = {
  url: string
  /** Where `/metrics` and the operator's own answers are. */
  deskUrl: string
  /** The engine's process, for those who test what happens when it dies. */
  enginePid(): number | undefined
  claimNow(): Promise<Claimed>
  /** Takes no new turn, lets those that run finish, claims what is owed, and closes everything. */
  stop(): Promise<void>
}

const DRAIN_POLL_MS = 100

export async function startInferenceNode(
  given: NodeConfig,
  { log = logToStderr, onProgress }: { log?: Log; onProgress?: Progress } = {},
): Promise<InferenceNode> {
  const config = checkConfig(nodeConfig, given)
  const closers: (() => unknown)[] = []
  try {
    return await assemble(config, closers, { log, ...(onProgress ? { onProgress } : {}) })
  } catch (error) {
    for (const close of closers.reverse()) await Promise.resolve(close()).catch(() => undefined)
    throw error
  }
}

async function assemble(
  config: CheckedConfig,
  closers: (() => unknown)[],
  { log: given, onProgress }: { log: Log; onProgress?: Progress },
): Promise<InferenceNode> {
  closers.push(lockDirectory(config.directory))
  const metrics = new Metrics()
  const log = metrics.counting(given)
  const chain = await openChain(config)
  const bases = await startEngines(config, onProgress)
  closers.push(() => bases.stop())
  const state = openState(config.directory)
  closers.push(() => state.close())
  const network = metrics.timing(keyNetworkOf(config, chain.ledger))
  closers.push(() => network.close())
  const parts = await openParts(config, closers, { ...chain, metrics, log, bases, state, network })
  return serveNode(config, parts, closers)
}

type Ground = Awaited<ReturnType<typeof openChain>> &
  Pick<NodeParts, 'metrics' | 'log' | 'bases'> & { state: State; network: KeyNetwork }

/** All that answers requests, on what was started before. */
async function openParts(
  config: CheckedConfig,
  closers: (() => unknown)[],
  { ledger, payer, sessionKey, metrics, log, bases, state, network }: Ground,
): Promise<NodeParts> {
  const { engine, base } = bases.first
  const works = openWorks(config, { ledger, payer, sessionKey, log, bases, network })
  const grants = new Grants(state, ledger)
  await grants.load()
  const money = await openTill(config, { ledger, payer, state, log })
  const drafts = new Drafts({ limits: config.drafts, state, engine, log })
  closers.push(() => drafts.stop())
  const canary = new Canary({ everySeconds: config.canaryEverySeconds, engine, base, log })
  const answering = new Answering(config.limits.turnsPerHolder)
  const memories = new Memories()
  const { turnGraceMs, keepAliveMs, keepTurnsMs, keyNodeTimeoutMs } = config
  const turns = new Turns({ graceMs: turnGraceMs, keepAliveMs, keepMs: keepTurnsMs })
  const journal = new Journal(state)
  const refusals = new Refusals(journal, log)
  closers.push(() => refusals.stop())
  const { operator, minDepositAtomic, withdrawDelaySeconds, quoteLifeSeconds } = config
  const { creditUntilFinalAtomic, finalAfterBlocks } = config
  const held = { grants, answering, turns, memories, works, drafts, bases }
  return {
    ...{ ...held, ...money, ledger, engine, log, operator, sweep: sweeping(held) },
    ...{ minDepositAtomic, withdrawDelaySeconds, quoteLifeSeconds, creditUntilFinalAtomic, finalAfterBlocks },
    ...{ journal, refusals, canary, base, metrics, sessionKey: sessionKey.publicKey },
    receipts: new Receipts({ ledger, operator, bases, payer, journal, log }),
    records: new JournalReader(state),
    readiness: new Readiness({ ledger, engineAlive: () => bases.alive, keyNodeTimeoutMs }),
  }
}

function openWorks(
  { edges, maxWorkBytes, maxOpenBytes }: CheckedConfig,
  { ledger, payer, sessionKey, log, bases, network }: Omit<Ground, 'metrics' | 'state'>,
): Works {
  const undertakings = new Undertakings({ ledger, payer, log })
  return new Works({
    ...{ ledger, bases, network, sessionKey, log, maxWorkBytes, maxOpenBytes },
    fetchBlob: blobsFrom(edges),
    onOpened: workId => void undertakings.undertake(workId),
  })
}

/** For whoever has to claim while no node runs; never beside one, whose transactions take the same nonces. */
export async function claimWithoutNode(config: CheckedConfig): Promise<Claimed> {
  const unlock = lockDirectory(config.directory)
  try {
    return await claimFrom(config)
  } finally {
    unlock()
  }
}

async function claimFrom(config: CheckedConfig): Promise<Claimed> {
  const { ledger, payer } = await openChain(config)
  const state = openState(config.directory)
  try {
    const { claims } = await openTill(config, { ledger, payer, state, log: logToStderr })
    return await claims.claimNow()
  } finally {
    state.close()
  }
}

const keyNetworkOf = ({ addresses, keyNodeTimeoutMs }: CheckedConfig, { client }: Ledger) =>
  litNetwork({
    chainId: addresses.chainId,
    keyNetwork: addresses.keyNetwork,
    publicClient: client,
    timeoutMs: keyNodeTimeoutMs,
  })

function watchOf({ claims, ledger, log, sweep }: NodeParts): Watch {
  return new Watch(
    ledger,
    {
      onHoldersChanged: sweep,
      onWithdrawal: channelIds => claims.onWithdrawal(channelIds),
      onWithdrawn: channelIds => claims.onWithdrawn(channelIds),
    },
    log,
  )
}

async function serveNode(
  config: CheckedConfig,
  parts: NodeParts,
  closers: (() => unknown)[],
): Promise<InferenceNode> {
  const { claims } = parts
  const server = await listen(nodeApp(parts).fetch, config)
  const closeServing = () => server.close()
  closers.push(closeServing)
  const { port } = server.address() as AddressInfo // Safety: it listens on a TCP port.
  const url = `${config.tls ? 'https' : 'http'}://${inUrl(config.host)}:${port}`
  const desk = await openNodeDesk(config, parts, url)
  closers.push(() => desk.close())
  const watch = watchOf(parts)
  watch.start()
  claims.start(config.claimEverySeconds, parts.works.whyNever)
  const stop = async () => {
    await drain(parts, config.drainSeconds)
    await closeServer(server)
    await parts.turns.stop()
    await watch.stop()
    await claims.stop()
    await claims.claimNow().catch(() => undefined) // What cannot be claimed now is claimed after the next start.
    await parts.works.keepOnly(new Set())
    closers.splice(closers.indexOf(closeServing), 1)
    for (const close of closers.reverse()) await close()
  }
  let stopping: Promise<void> | undefined
  return {
    url,
    deskUrl: desk.url,
    enginePid: () => parts.bases.first.engine.pid,
    claimNow: () => claims.claimNow(),
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

async function openNodeDesk(config: CheckedConfig, parts: NodeParts, url: string) {
  const { bases, works, grants, readiness, records, payer, metrics, claims } = parts
  metrics.watch({
    running: () => bases.busy,
    waiting: () => bases.waiting,
    openWorks: () => works.size,
    grants: () => grants.versions().length,
    ready: async () => (await readiness.now()).ready,
    channels: () => records.channels(),
    gasWei: () => payer.client.getBalance({ address: payer.account.address }),
  })
  return openDesk({
    ...config.operate,
    ...{ directory: config.directory, metrics, readiness },
    status: () => nodeStatus(parts, url),
    claim: () => claims.claimNow(),
  })
}

/** `/ready` says no from now on, and callers are told to go elsewhere, while those who were let in get their answers. */
async function drain({ readiness, answering, bases, log }: NodeParts, seconds: number): Promise<void> {
  // Drafts are answered without a grant: they are seen in the engine alone.
  const left = () => Math.max(answering.size, bases.busy + bases.waiting)
  readiness.drain()
  log({ event: 'draining', count: left() })
  const until = Date.now() + seconds * 1_000
  while (left() > 0 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, DRAIN_POLL_MS))
}
