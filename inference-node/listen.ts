/** The port that holders reach: opened with its certificate and its limits, and closed so that answers can end. */
import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { Problem } from '@grimoire/schema/problem'
import { type ServerType, serve } from '@hono/node-server'
import type { CheckedConfig } from './config.ts'
import { capConnections, slowSenders } from './connections.ts'

/** For the last bytes of answers that ended, and for those that the drain did not outwait. */
const CONNECTIONS_MAY_TAKE_MS = 2_000

/** A certificate that cannot be read is found at the start, not by the first caller. */
function transportOf({ tls, limits }: CheckedConfig) {
  const slow = slowSenders(limits)
  if (!tls) return { serverOptions: slow }
  try {
    const [cert, key] = [readFileSync(tls.certificateFile), readFileSync(tls.keyFile)]
    return { createServer: createTlsServer, serverOptions: { ...slow, cert, key } }
  } catch (cause) {
    throw new Problem('config_invalid', {
      param: 'tls',
      got: `${tls.certificateFile}, ${tls.keyFile}`,
      expected: 'files that can be read',
      cause,
    })
  }
}

export function listen(fetch: (request: Request) => Response | Promise<Response>, config: CheckedConfig) {
  const { host, port } = config
  return new Promise<ServerType>((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port, ...transportOf(config) }, () => resolve(server))
    capConnections(server, config.limits)
    server.once('error', cause => {
      const taken = 'code' in cause && cause.code === 'EADDRINUSE'
      reject(new Problem(taken ? 'port_taken' : 'config_invalid', { got: `${host}:${port}`, cause }))
    })
  })
}

/** No new connections; streams may finish; what is idle or late is cut. */
export function closeServer(server: ServerType): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(
      () => 'closeAllConnections' in server && server.closeAllConnections(),
      CONNECTIONS_MAY_TAKE_MS,
    )
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}
