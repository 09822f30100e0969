/** Starts a key node: opens its shares, holds them against the chain's registry, and listens. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Problem } from '@grimoire/schema/problem'
import { type Keepers, readKeepers } from '@grimoire/seal/keepers'
import { serve } from '@hono/node-server'
import { keyNodeApp } from './app.ts'
import { type KeyNodeConfig, type KeyNodeSettings, parseConfig } from './config.ts'
import { Gatekeeper } from './gate.ts'
import { type Log, logToStderr } from './log.ts'
import { type KeyShare, readShareFile } from './share.ts'

/** From the first byte of a request to the last: it has 64 KiB at most, and who sends slowly holds a connection. */
const REQUEST_TIMEOUT_MS = 3_000
const HEADERS_TIMEOUT_MS = 3_000
const CONNECTIONS_CHECK_MS = 1_000

export type RunningKeyNode = { url: string; stop(): Promise<void> }
export type StartOptions = { passphrase: string; log?: Log }

/** A share that the registry does not know would only ever produce answers that clients throw away. */
function checkShares(shares: KeyShare[], keepers: Keepers): void {
  for (const { about } of shares) {
    if (about.networkKey !== keepers.networkKey)
      throw new Problem('network_key_mismatch', { got: about.networkKey, expected: keepers.networkKey })
    const registered = keepers.nodes[about.index - 1]?.verificationKey
    if (about.epoch === keepers.epoch.number && registered !== about.verificationKey)
      throw new Problem('share_invalid', {
        detail: `Share ${about.index} of epoch ${about.epoch} is not the registered one.`,
        got: about.verificationKey,
        expected: registered ?? `one of ${keepers.nodes.length} nodes`,
      })
  }
  const epochs = shares.map(({ about }) => about.epoch)
  const { number } = keepers.epoch
  if (!epochs.some(epoch => epoch === number || epoch === number + 1))
    throw new Problem('share_invalid', { got: `epoch ${epochs.join(', ')}`, expected: `epoch ${number}` })
}

async function checkChain(gate: Gatekeeper, config: KeyNodeConfig, shares: KeyShare[]): Promise<void> {
  const { chainId, keyNetwork } = config.chain
  const got = await gate.client.getChainId().catch(() => {
    throw new Problem('chain_unreachable', { expected: `chain ${chainId} at the configured RPC URL` })
  })
  if (got !== chainId) throw new Problem('chain_wrong', { got, expected: chainId })
  checkShares(shares, await readKeepers(gate.client, keyNetwork))
}

function listen(config: KeyNodeConfig, app: ReturnType<typeof keyNodeApp>): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch,
        hostname: config.host,
        port: config.port,
        serverOptions: {
          requestTimeout: REQUEST_TIMEOUT_MS,
          headersTimeout: HEADERS_TIMEOUT_MS,
          connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
        },
      },
      // Safety: without createServer this package makes a plain node:http server.
      () => resolve(server as Server),
    )
    server.once('error', (error: Error & { code?: string }) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        new Problem(taken ? 'port_taken' : 'config_invalid', {
          got: `${config.host}:${config.port}`,
          cause: error,
        }),
      )
    })
  })
}

export async function startKeyNode(
  settings: KeyNodeSettings,
  options: StartOptions,
): Promise<RunningKeyNode> {
  const config = parseConfig(settings)
  const log = options.log ?? logToStderr
  const shares = config.shareFiles.map(path => readShareFile(path, options.passphrase))
  const gate = new Gatekeeper(config.chain)
  await checkChain(gate, config, shares)
  const publicUrls = config.publicUrls.map(url => url.replace(/\/+$/, ''))
  const served = { ...config, publicUrls }
  const server = await listen(config, keyNodeApp({ config: served, gate, shares, log }))
  const { port } = server.address() as AddressInfo // Safety: a listening TCP server.
  const url = `http://${config.host}:${port}`
  if (publicUrls.length === 0) publicUrls.push(url)
  log({ event: 'started', url })
  const stop = async (): Promise<void> => {
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
    log({ event: 'stopped', url })
  }
  return { url, stop }
}
