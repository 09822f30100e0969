/** Who may come in: programs of this machine that know the token. A page of any site is kept out by host, origin and token. */
import { Problem } from '@grimoire/schema/problem'
import type { MiddlewareHandler } from 'hono'

/** Those that the gateway can listen on, and no other: each further name that is let in is one more for a page to come by. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * A page whose name was made to point at this machine still sends its own name: DNS rebinding. A request without a host
 * comes from no browser, and is refused too.
 */
export const hostCheck = (allowed: readonly string[]): MiddlewareHandler => {
  const names = new Set([...LOOPBACK, ...allowed.map(name => name.toLowerCase())])
  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    const name = host.replace(/:\d+$/, '').toLowerCase()
    if (!names.has(name)) throw new Problem('host_refused', { got: host, expected: [...names].join(', ') })
    await next()
  }
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/** Of digests, so that the time taken says nothing about where two tokens differ. */
async function sameText(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(one), digest(other)])
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0
}

export const bearerCheck = (token: string): MiddlewareHandler => {
  return async (c, next) => {
    const given = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (!given) throw new Problem('token_wrong', { got: 'no bearer token' })
    if (!(await sameText(given, token))) throw new Problem('token_wrong', { got: 'another token' })
    await next()
  }
}
