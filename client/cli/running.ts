/** A gateway that runs: its app behind a server on this machine's loopback, until it is told to end. */

import { Problem } from '@grimoire/schema/problem'
import { serve } from '@hono/node-server'
import { createGateway } from '../gateway/app.ts'
import type { GatewayLog } from '../gateway/context.ts'
import { gatewayUrl } from '../gateway/place.ts'
import { lockStore } from './database.ts'
import { type Entered, openWallet, unlock } from './enter.ts'
import type { Settings } from './options.ts'
import { gatewayToken } from './secrets.ts'
import { keepInterrupted, openBook } from './sqlite-book.ts'

const PATIENCE_MS = 10_000

type Listening = { port: number; stop: () => Promise<void> }

function listen(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, ({ port: taken }) =>
      resolve({
        port: taken,
        stop: () =>
          new Promise(done => {
            server.close(() => done())
            if ('closeIdleConnections' in server) server.closeIdleConnections()
          }),
      }),
    )
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new Problem('port_taken', { got: `port ${port}`, expected: '--port with a free one', cause })
          : cause,
      ),
    )
  })
}

export type RunningGateway = {
  url: string
  token: string
  holder: string
  gateway: ReturnType<typeof createGateway>
  /** Takes nothing new, lets answers end, closes the store. */
  stop(): Promise<void>
}

export async function runGateway(
  entered: Entered,
  settings: Settings,
  { log = () => {}, renewToken = false }: { log?: GatewayLog; renewToken?: boolean } = {},
): Promise<RunningGateway> {
  const { market, database, folder } = entered
  const unlockStore = lockStore(folder)
  try {
    const store = await unlock(entered, settings)
    const wallet = await openWallet(settings, entered, store)
    keepInterrupted(database)
    const book = openBook(database, { capAtomic: settings.dailyCap })
    const token = await gatewayToken(store, { renew: renewToken })
    const { maxTurn, maxDeposit, lanes, answerTimeout, allowHost, allowOrigin } = settings
    const gateway = createGateway({
      ...{ market, wallet, store, book, log, token },
      limits: {
        maxTurnAtomic: maxTurn,
        maxDepositAtomic: maxDeposit,
        lanes,
        answerTimeoutMs: answerTimeout * 1_000,
      },
      allowedHosts: allowHost,
      allowedOrigins: allowOrigin,
    })
    const server = await listen(gateway.app, settings)
    const stop = async () => {
      const patience = new Promise(resolve => setTimeout(resolve, PATIENCE_MS).unref())
      await Promise.race([Promise.all([server.stop(), gateway.close()]), patience])
      database.close()
      unlockStore()
    }
    const url = gatewayUrl(settings.host, server.port)
    return { url, token, holder: wallet.account.address, gateway, stop }
  } catch (error) {
    database.close()
    unlockStore()
    throw error
  }
}
