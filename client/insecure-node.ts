/** What a browser forbids without saying so: a page on https that talks to a node on plain http. */
import { isLoopback } from '@grimoire/schema/loopback'
import { Problem } from '@grimoire/schema/problem'

/** Browsers count a machine's own addresses as safe, whatever the protocol, and resolve `.localhost` to nothing else. */
const isOwnMachine = (hostname: string) => isLoopback(hostname) || hostname.endsWith('.localhost')

/** Whether code that runs on `pageUrl` (nothing outside a page) may fetch from the node. */
export function mayReach(nodeUrl: string, pageUrl: string | undefined = globalThis.location?.href): boolean {
  if (pageUrl === undefined || new URL(pageUrl).protocol !== 'https:') return true
  const { protocol, hostname } = new URL(nodeUrl)
  return protocol === 'https:' || isOwnMachine(hostname)
}

/** Without it the browser blocks the request and says only that it failed. */
export function requireReachable(nodeUrl: string): void {
  if (!mayReach(nodeUrl)) throw new Problem('node_insecure', { got: nodeUrl, expected: 'an https address' })
}
