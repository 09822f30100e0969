/** Which addresses of strangers are called at all, by their form alone: https, a public name, a harmless port, nothing hidden. */
import { Problem } from '@grimoire/schema/problem'

const MAX_CHARS = 2_048
/** Names that lead nowhere public, by RFC 6761 and its kin, or by custom inside of networks. */
const KEPT_NAMES = new Set([
  ...['localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'lan', 'home', 'corp', 'mail'],
  ...['host', 'test', 'example', 'invalid', 'onion', 'alt', 'arpa', 'i2p', 'docker', 'kubernetes', 'consul'],
])
/** Above 1023, and spoken by machines that trust whoever reaches them: Docker, etcd, databases, X11, chat, kubelets. */
const KEPT_PORTS = new Set([
  ...[2375, 2376, 2379, 2380, 3306, 3389, 5432, 5900, 5984, 5985, 6000, 6379, 6443, 6667],
  ...[8300, 8500, 9200, 9300, 10_080, 10_250, 10_255, 11_211, 27_017],
])
/** Where the devnet's own servers listen: less than all of loopback, since it is strangers who name what is called. */
const OWN_MACHINE = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** What stands where a public name should: nothing of the parsed form is repaired. */
function faultOf(text: string, url: URL): string | null {
  const { hostname, port } = url
  if (url.protocol !== 'https:') return 'https'
  if (url.username !== '' || url.password !== '') return 'an address without user or password'
  if (port !== '' && (Number(port) < 1_024 || KEPT_PORTS.has(Number(port))))
    return 'port 443, or one above 1023 that no well-known service has'
  const labels = hostname.split('.')
  const last = labels.at(-1) ?? ''
  // An address in digits has no certificate that anyone would know it by, and Cloudflare calls none.
  if (hostname.startsWith('[') || !/[a-z]/.test(last) || labels.length < 2 || labels.includes(''))
    return 'a public name'
  if (labels.some(label => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label) || label.length > 63))
    return 'a public name'
  if (KEPT_NAMES.has(last)) return 'a public name'
  // The name as it was written is the name that is meant: no escapes, no other alphabets' digits and dots.
  const named = text.slice('https://'.length).toLowerCase()
  return named.startsWith(hostname) && /^(?::|\/|\?|#|$)/.test(named.slice(hostname.length))
    ? null
    : 'the name in plain letters, or as xn--'
}

/** The address parsed, or a refusal. On the devnet this machine's own servers may be called, over plain http too. */
export function judgeEndpoint(text: string, { devnet }: { devnet: boolean }): URL {
  const refuse = (expected: string) => new Problem('endpoint_refused', { got: text.slice(0, 200), expected })
  if (text.length > MAX_CHARS) throw refuse(`at most ${MAX_CHARS} characters`)
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(text)) throw refuse('plain ASCII without spaces and backslashes')
  if (!URL.canParse(text)) throw refuse('a URL')
  const url = new URL(text)
  url.hash = ''
  const own = devnet && /^https?:$/.test(url.protocol) && OWN_MACHINE.has(url.hostname)
  if (own && url.username === '' && url.password === '') return url
  const fault = faultOf(text, url)
  if (fault !== null) throw refuse(fault)
  return url
}
