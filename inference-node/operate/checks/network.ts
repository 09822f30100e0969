/** Checks of how holders reach the node: ports, the endpoint that the ledger names, its certificate. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { sameAddress } from '@grimoire/schema/hex'
import { nodeHealth } from '@grimoire/schema/node'
import { type Examine, type Finding, fail, ok, skip, warn } from './check.ts'

const SOON_DAYS = 14
const DAY_MS = 86_400_000

/** Listens for a moment: the only way to know that one may. */
function whyNotFree(host: string, port: number): Promise<string | null> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve('code' in error ? String(error.code) : error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}

export const ports: Examine = async ({ settings, status }) => {
  const { host, port, operate } = settings
  if (status) return ok(`this node holds ${host}:${port}`)
  const wanted = [
    { name: 'port', host, port },
    { name: 'operate.port', ...operate },
  ].filter(one => one.port !== 0)
  const reasons = await Promise.all(wanted.map(one => whyNotFree(one.host, one.port)))
  const taken = wanted.flatMap((one, at) =>
    reasons[at] ? [`${one.name} ${one.host}:${one.port} (${reasons[at]})`] : [],
  )
  return taken.length === 0
    ? ok(wanted.map(one => `${one.host}:${one.port}`).join(' and ') || 'any free port')
    : fail(`cannot listen: ${taken.join(', ')}`, 'stop what holds it, or set another in the configuration')
}

const isLocal = (url: URL) => /^(localhost|127\.|\[?::1)/.test(url.hostname)

export const endpoint: Examine = async ({ settings, status }) => {
  if (settings.endpoint === undefined)
    return fail('no endpoint in the configuration', 'set endpoint to the URL where holders reach this node')
  if (!status) return skip('the node does not run; look again when it does')
  const url = `${settings.endpoint.replace(/\/+$/, '')}/health`
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => null)
  if (!response)
    return fail(`${url} does not answer`, 'open the port, or point the name and the proxy at this node')
  const health = nodeHealth.safeParse(await response.json().catch(() => null))
  if (!health.success) return fail(`${url} answers as something else`, 'point the proxy at this node')
  if (!sameAddress(health.data.operator, settings.operator))
    return fail(`${url} is the node of ${health.data.operator}`, 'correct endpoint in the configuration')
  return ok(`${settings.endpoint} answers, asked from here: ask from elsewhere too`)
}

function certificate(pem: string, host: string): Finding | null {
  const parsed = new X509Certificate(pem)
  const left = Math.floor((Date.parse(parsed.validTo) - Date.now()) / DAY_MS)
  if (left < 0) return fail(`the certificate ended on ${parsed.validTo}`, 'renew it')
  const name = host.replace(/^\[|\]$/g, '')
  if (!(isIP(name) ? parsed.checkIP(name) : parsed.checkHost(name)))
    return fail(`the certificate is not for ${host}`, 'get one for the host of endpoint')
  if (left < SOON_DAYS) return warn(`the certificate ends in ${left} days`, 'renew it')
  return null
}

function belongTogether(cert: string, key: Buffer): boolean {
  try {
    createSecureContext({ cert, key })
    return true
  } catch {
    return false
  }
}

export const tls: Examine = async ({ settings }) => {
  const url = new URL(settings.endpoint ?? 'http://127.0.0.1')
  if (settings.tls) {
    const cert = readFileSync(settings.tls.certificateFile, 'utf8')
    const key = readFileSync(settings.tls.keyFile)
    if (!belongTogether(cert, key))
      return fail(
        `${settings.tls.keyFile} is not the key of the certificate`,
        'name the two that belong together',
      )
    const found = certificate(cert, url.hostname)
    if (found) return found
    if (url.protocol !== 'https:')
      return fail(`endpoint is ${url.origin}`, 'make it https: the node speaks TLS')
    return ok(`${settings.tls.certificateFile}, for ${url.hostname}`)
  }
  if (url.protocol === 'https:') return behindProxy(url)
  return isLocal(url)
    ? ok('plain http, on this machine only')
    : fail(
        `${url.origin} is not encrypted: pages on https cannot reach it, and others read along`,
        'put a proxy in front (packaging/Caddyfile), or name certificate files under tls',
      )
}

/** fetch holds the certificate against the name and the system's authorities. */
async function behindProxy(url: URL): Promise<Finding> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => error)
  if (answer instanceof Response) {
    await answer.body?.cancel()
    return ok(`${url.origin}, a certificate that clients accept`)
  }
  const cause =
    answer instanceof Error && answer.cause instanceof Error ? answer.cause.message : String(answer)
  return fail(`${url.origin}: ${cause}`, 'start the proxy, or renew its certificate')
}
