/** Requests to addresses that strangers wrote: judged first, never redirected, cut off in time and in size. */
import { DEVNET_CHAIN_ID } from '@grimoire/schema/devnet'
import { Problem } from '@grimoire/schema/problem'
import { type Env, settingsOf } from './env.ts'
import { judgeEndpoint } from './outbound/endpoint.ts'
import { requirePublicName } from './outbound/resolve.ts'

export type Outbound = {
  devnet: boolean
  /** The network that such requests go to: on a workerd of one's own, one that connects to public addresses only. */
  egress: { fetch: typeof fetch }
  /** A resolver over https that is asked first. */
  dnsUrl?: string | undefined
}

export type OutboundRequest = {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  /** For all of it, the body of the answer too. */
  timeoutMs: number
  /** Of the answer. What is longer is no answer. */
  maxBytes: number
  signal?: AbortSignal
}

export type OutboundAnswer = {
  status: number
  headers: Headers
  bytes: Uint8Array<ArrayBuffer>
  /** Until the first bytes of the answer were there: connecting and waiting. */
  headersMs: number
  totalMs: number
}

/** `fetch` wants its own `this`. */
const everywhere = { fetch: (...request: Parameters<typeof fetch>) => fetch(...request) }

export function outboundOf(env: Env): Outbound {
  const { ADDRESSES, DNS_URL } = settingsOf(env)
  const egress = env.EGRESS as { fetch: typeof fetch } | undefined // Safety: a service's fetch takes what fetch takes.
  return { devnet: ADDRESSES.chainId === DEVNET_CHAIN_ID, egress: egress ?? everywhere, dnsUrl: DNS_URL }
}

/** The body, or nothing when it is longer than allowed; its source is told to stop either way. */
async function readBody(response: Response, maxBytes: number, signal: AbortSignal) {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  const stop = () => void reader?.cancel(signal.reason).catch(() => {}) // It ended by itself: that was wanted.
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (reader) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) break
      length += value.length
      if (length > maxBytes) {
        stop()
        return null
      }
      chunks.push(value)
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304

async function send({ egress }: Outbound, url: URL, request: OutboundRequest, signal: AbortSignal) {
  const { method = 'GET', headers = {}, body, maxBytes } = request
  const unreachable = (got: string, expected: string) =>
    new Problem('endpoint_unreachable', { got: `${got} from ${url.host}`, expected })
  const startedMs = Date.now()
  const response = await egress.fetch(url.href, {
    method,
    headers: { 'user-agent': 'grimoire-edge', ...headers },
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  })
  const headersMs = Date.now() - startedMs
  if (isRedirect(response.status)) {
    await response.body?.cancel()
    throw unreachable(`status ${response.status}`, 'no redirect')
  }
  const bytes = await readBody(response, maxBytes, signal)
  if (!bytes) throw unreachable('a longer body', `at most ${maxBytes} bytes`)
  const { status } = response
  return { status, headers: response.headers, bytes, headersMs, totalMs: Date.now() - startedMs }
}

/** Any status but a redirect is an answer; everything else is a refusal that says why. */
export async function callOutside(
  outbound: Outbound,
  address: string,
  request: OutboundRequest,
): Promise<OutboundAnswer> {
  const url = judgeEndpoint(address, outbound)
  const limit = AbortSignal.timeout(request.timeoutMs)
  const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit
  try {
    const named = url.protocol === 'https:' && !outbound.devnet
    if (outbound.dnsUrl !== undefined && named) await requirePublicName(outbound.dnsUrl, url.hostname, signal)
    return await send(outbound, url, request, signal)
  } catch (cause) {
    if (cause instanceof Problem && !signal.aborted) throw cause
    const got = limit.aborted ? `nothing from ${url.host} in time` : `no answer from ${url.host}`
    const expected = limit.aborted ? `an answer within ${request.timeoutMs} ms` : 'an answer'
    throw new Problem('endpoint_unreachable', { got, expected, cause })
  }
}
