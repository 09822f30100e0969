/** The origin that this edge goes by: what a wallet signs into, and whose page a cookie belongs to. */
import { isLoopback } from '@grimoire/schema/loopback'
import { Problem } from '@grimoire/schema/problem'
import type { Settings } from './env.ts'

/**
 * PUBLIC_URL's. Without one only a loopback address will do: there the request names it, and nobody else's page can be
 * served under it. Any other host that a request names could be one that its sender made up.
 */
export function ownOrigin({ PUBLIC_URL }: Settings, requestUrl: string): URL {
  const origin = new URL(new URL(PUBLIC_URL ?? requestUrl).origin)
  const local = isLoopback(origin.hostname)
  if (local || (PUBLIC_URL !== undefined && origin.protocol === 'https:')) return origin
  throw new Problem('sign_in_off', { got: origin.origin })
}
