/** The operator's own door, on loopback: metrics and readiness for machines, status and claims for whoever may read the state folder. */
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { isLoopback } from '@grimoire/schema/loopback'
import { Problem, problemResponse } from '@grimoire/schema/problem'
import { type ServerType, serve } from '@hono/node-server'
import { type Context, Hono, type Next } from 'hono'
import { bearerOf, sameSecret } from '../bearer.ts'
import type { Claimed } from '../till/claims.ts'
import type { Metrics } from './metrics.ts'
import type { Readiness } from './readiness.ts'

/** Beside the state, readable by the node's user only: where the door is and what opens it. */
export const DESK_FILE = 'desk.json'
export type DeskFile = { url: string; token: string; pid: number }

export type DeskOptions = {
  host: string
  port: number
  directory: string
  metrics: Metrics
  readiness: Readiness
  status(): Promise<object>
  claim(): Promise<Claimed>
}

/** An address of IPv6 stands in brackets before its port. */
export const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** A page in a browser on this machine reaches loopback under a name of its own: such names are refused. */
function localNamesOnly(host: string) {
  const isLocal = isLoopback(inUrl(host).toLowerCase())
  return async (c: Context, next: Next) => {
    const named = c.req.header('host') ?? ''
    if (isLocal && !isLoopback(named.replace(/:\d+$/, '').toLowerCase()))
      return problemResponse(new Problem('not_found', { got: named }))
    return next()
  }
}

function withToken(token: string) {
  return async (c: Context, next: Next) => {
    if (!sameSecret(bearerOf(c.req.header('authorization')), token))
      return problemResponse(new Problem('not_found', { got: c.req.path }))
    return next()
  }
}

export function deskApp(options: DeskOptions, token: string): Hono {
  const { metrics, readiness } = options
  const app = new Hono()
  app.use(localNamesOnly(options.host))
  app.get('/metrics', async c =>
    c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
  )
  app.get('/health', c => c.json({ status: 'ok' }))
  app.get('/ready', async c => {
    const ready = await readiness.now()
    return c.json(ready, ready.ready ? 200 : 503)
  })
  app.get('/status', withToken(token), async c => c.json(await options.status()))
  app.post('/claim', withToken(token), async c => c.json(await options.claim()))
  app.notFound(c => problemResponse(new Problem('not_found', { got: c.req.path })))
  app.onError(error => problemResponse(error))
  return app
}

export async function openDesk(options: DeskOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port, directory } = options
  const token = randomBytes(24).toString('hex')
  const app = deskApp(options, token)
  const server = await new Promise<ServerType>((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(server))
    server.once('error', cause => {
      const taken = 'code' in cause && cause.code === 'EADDRINUSE'
      const details = { param: 'operate.port', got: `${host}:${port}`, cause }
      reject(new Problem(taken ? 'port_taken' : 'config_invalid', details))
    })
  })
  const path = join(directory, DESK_FILE)
  const at = (server.address() as AddressInfo).port // Safety: it listens on a TCP port.
  const reach = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const file: DeskFile = { url: `http://${inUrl(reach)}:${at}`, token, pid: process.pid }
  rmSync(path, { force: true })
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 })
  const close = async () => {
    rmSync(path, { force: true })
    await new Promise<void>(resolve => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
  }
  return { url: file.url, close }
}
