/** Puts a node together and serves it: engine, chain, key network, till and HTTP; and takes it apart in order. */
import type { AddressInfo } from 'node:net'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { sessionKeyFrom } from '@grimoire/seal/grant'
import { litNetwork } from '@grimoire/seal/lit'
import { type ServerType, serve } from '@hono/node-server'
import { zeroAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { Answering } from './admission/answering.ts'
import { Grants, versionKey } from './admission/grants.ts'
import { Ledger } from './admission/ledger.ts'
import { Undertakings } from './admission/undertakings.ts'
import { Watch } from './admission/watch.ts'
import { nodeApp } from './api/app.ts'
import { type CheckedConfig, checkConfig, type NodeConfig, nodeConfig } from './config.ts'
import { Engine } from './engine/engine.ts'
import { findModel, type Progress } from './engine/model-file.ts'
import { Memories } from './guard/memory.ts'
import { type Log, logToStderr } from './log.ts'
import type { NodeParts } from './parts.ts'
import { openState } from './state.ts'
import { Splitters, SqliteChannels } from './till/channels.ts'
import { type Claimed, Claims } from './till/claims.ts'
import { inProcessFacilitator } from './till/facilitator.ts'
import { type GasPayer, gasPayer } from './till/gas-payer.ts'
import { Till } from './till/till.ts'
import { blobsFrom } from './unseal/blobs.ts'
import { Works } from './unseal/works.ts'

export type InferenceNode = {
  url: string
  /** The engine's process, for those who test what happens when it dies. */
  enginePid(): number | undefined
  claimNow(): Promise<Claimed>
  /** Lets streams finish, claims what is owed, and closes everything. */
  stop(): Promise<void>
}

const STREAMS_MAY_TAKE_MS = 30_000

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
  { log, onProgress }: { log: Log; onProgress?: Progress },
): Promise<InferenceNode> {
  const sessionKey = sessionKeyFrom(config.sessionKey)
  const { addresses, operator, rpcUrl } = config
  const ledger = new Ledger({ rpcUrl, addresses, operator, sessionKey: sessionKey.publicKey })
  await ledger.requireChain()
  await requireSetUp(ledger, privateKeyToAccount(config.paymentKey).address)
  const { modelDirectory = `${config.directory}/models`, maxWorkBytes, maxOpenBytes } = config
  const model = await findModel(config.model, modelDirectory, onProgress)
  const engine = await Engine.start({ ...config.engine, modelPath: model.path })
  closers.push(() => engine.stop())
  const state = openState(config.directory)
  closers.push(() => state.close())
  const network = keyNetworkOf(config, ledger)
  closers.push(() => network.close())
  const payer = gasPayer(ledger, config.paymentKey)
  const undertakings = new Undertakings({ ledger, payer, log })
  const works = new Works({
    ...{ ledger, engine, network, sessionKey, log, maxWorkBytes, maxOpenBytes },
    fetchBlob: blobsFrom(config.edges),
    baseModelSha256: model.sha256,
    onOpened: workId => void undertakings.undertake(workId),
  })
  const grants = new Grants(state, ledger)
  await grants.load()
  const money = await openTill(config, { ledger, payer, state, log })
  const answering = new Answering()
  const memories = new Memories()
  const sweep = async () => {
    const standing = await grants.standing()
    answering.keepOnly(new Set(standing.map(({ id }) => id)))
    const versions = new Set(standing.map(versionKey))
    memories.keepWordsOnly(versions)
    await works.keepOnly(versions)
  }
  const { minDepositAtomic, withdrawDelaySeconds, quoteLifeSeconds } = config
  const parts: NodeParts = {
    ...{ ledger, grants, answering, works, memories, engine, log, operator, sweep, ...money },
    ...{ minDepositAtomic, withdrawDelaySeconds, quoteLifeSeconds },
    sessionKey: sessionKey.publicKey,
    base: { name: engine.facts.modelName, sha256: model.sha256 },
  }
  return serveNode(config, parts, closers)
}

const CONTRACTS = [
  'works',
  'operators',
  'admissions',
  'gate',
  'keyNetwork',
  'settlement',
  'collector',
  'multicall3',
] as const

/** What would otherwise show as a refusal of every turn: contracts that are not there, keys that the ledger does not know. */
async function requireSetUp(ledger: Ledger, paymentKey: Hex): Promise<void> {
  const { addresses, sessionKey } = ledger.options
  for (const name of CONTRACTS) {
    const address = addresses[name]
    if (await ledger.client.getCode({ address })) continue
    throw new Problem('config_invalid', {
      param: name,
      got: `no contract at ${address}`,
      expected: `${name} there`,
    })
  }
  const registered = await ledger.operator()
  if (registered.paymentKey === zeroAddress) return // It may register while the node runs; until then it is not bonded.
  for (const [param, got, expected] of [
    ['paymentKey', paymentKey, registered.paymentKey],
    ['sessionKey', sessionKey, registered.sessionKey],
  ] as const) {
    if (got.toLowerCase() === expected.toLowerCase()) continue
    throw new Problem('config_invalid', {
      param,
      got: `the ${param} of ${got}`,
      expected: `${expected}, as registered`,
    })
  }
}

const keyNetworkOf = ({ addresses, keyNodeTimeoutMs }: CheckedConfig, { client }: Ledger) =>
  litNetwork({
    chainId: addresses.chainId,
    keyNetwork: addresses.keyNetwork,
    publicClient: client,
    timeoutMs: keyNodeTimeoutMs,
  })

async function openTill(
  config: CheckedConfig,
  {
    ledger,
    payer,
    state,
    log,
  }: { ledger: Ledger; payer: GasPayer; state: ReturnType<typeof openState>; log: Log },
) {
  const { addresses, operator, minDepositAtomic, withdrawDelaySeconds } = config
  const network = `eip155:${addresses.chainId}` as const
  const facilitator = inProcessFacilitator(payer, network, log)
  const [channels, splitters] = [new SqliteChannels(state), new Splitters(state)]
  await channels.freeAll()
  const about = { address: addresses.money, abi: moneyAbi } as const
  const [name, version] = await Promise.all([
    ledger.client.readContract({ ...about, functionName: 'name' }),
    ledger.client.readContract({ ...about, functionName: 'version' }),
  ]).catch(cause => {
    throw new Problem('config_invalid', {
      got: addresses.money,
      expected: 'the chain’s money, with EIP-3009',
      cause,
    })
  })
  const till = await Till.open({
    ...{ minDepositAtomic, withdrawDelaySeconds, channels, splitters, facilitator, payer },
    chainId: addresses.chainId,
    money: { address: addresses.money, name, version },
  })
  const claims = new Claims({
    ...{ addresses, operator, network, facilitator, channels, splitters, payer, log },
    scheme: till.scheme,
    minimumAtomic: BigInt(config.claimMinimumAtomic),
  })
  return { payer, till, claims }
}

async function serveNode(
  config: CheckedConfig,
  parts: NodeParts,
  closers: (() => unknown)[],
): Promise<InferenceNode> {
  const { claims, ledger, log, engine, sweep } = parts
  const server = await listen(nodeApp(parts).fetch, config)
  closers.push(() => server.close())
  const watch = new Watch(
    ledger,
    { onHoldersChanged: sweep, onWithdrawal: channelIds => claims.onWithdrawal(channelIds) },
    log,
  )
  watch.start()
  claims.start(config.claimEverySeconds)
  const stop = async () => {
    await closeServer(server)
    await watch.stop()
    await claims.stop()
    await claims.claimNow().catch(() => undefined) // What cannot be claimed now is claimed after the next start.
    await parts.works.keepOnly(new Set())
    closers.splice(closers.length - 1)
    for (const close of closers.reverse()) await close()
  }
  let stopping: Promise<void> | undefined
  return {
    url: `http://${config.host}:${(server.address() as AddressInfo).port}`, // Safety: it listens on a TCP port.
    enginePid: () => engine.pid,
    claimNow: () => claims.claimNow(),
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

function listen(fetch: (request: Request) => Response | Promise<Response>, { host, port }: CheckedConfig) {
  return new Promise<ServerType>((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port, serverOptions: { requestTimeout: 0 } }, () =>
      resolve(server),
    )
    server.once('error', cause => {
      const taken = 'code' in cause && cause.code === 'EADDRINUSE'
      reject(new Problem(taken ? 'port_taken' : 'config_invalid', { got: `${host}:${port}`, cause }))
    })
  })
}

/** No new connections; streams may finish; what is idle or late is cut. */
function closeServer(server: ServerType): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(
      () => 'closeAllConnections' in server && server.closeAllConnections(),
      STREAMS_MAY_TAKE_MS,
    )
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}
