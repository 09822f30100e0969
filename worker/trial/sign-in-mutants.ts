/** Sign-ins that are wrong in one thing each, from a right one: none may be let in. */
import { SIGN_IN_STATEMENT, type SignInFields, signInRequest, signInText } from '@grimoire/schema/session'
import type { Hex, LocalAccount } from 'viem'

export type SignIn = { message: string; signature: Hex }

/** One that is right: the edge was asked what to sign, and the wallet signed it. */
export async function rightSignIn(
  edgeUrl: string,
  wallet: LocalAccount,
  change: Partial<SignInFields> = {},
): Promise<SignIn & { fields: SignInFields }> {
  const response = await fetch(`${edgeUrl}/v1/sessions/nonce`, { method: 'POST' })
  const { domain, uri, chainId, nonce } = signInRequest.parse(await response.json())
  const fields = { domain, uri, chainId, nonce, address: wallet.address, issuedAt: new Date(), ...change }
  const message = signInText(fields)
  return { fields, message, signature: await wallet.signMessage({ message }) }
}

const DAY_MS = 86_400_000

/** mulberry32: small, seeded, and good enough to choose where to break something. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const replaced = (text: string, at: number, length: number, by: string) =>
  text.slice(0, at) + by + text.slice(at + length)

/** What a hostile or careless program may have had signed, rightly, by the wallet itself. */
function otherTexts({ fields, message }: { fields: SignInFields; message: string }): string[] {
  const { issuedAt, nonce, chainId, domain, uri, address } = fields
  const at = (ms: number) => new Date(issuedAt.getTime() + ms)
  const changes: Partial<SignInFields>[] = [
    { domain: 'evil.example' },
    { domain: `${domain}.evil.example`.replace(/:\d+/, '') },
    { domain: domain.replace(/\d$/, digit => String((Number(digit) + 1) % 10)) },
    { domain: domain.replace(/:\d+$/, '') },
    { uri: 'https://evil.example' },
    { uri: `${uri}/` },
    { uri: `${uri}/v1/sessions` },
    { chainId: chainId + 1 },
    { chainId: 1 },
    { nonce: [...nonce].reverse().join('') },
    { nonce: '0'.repeat(32) },
    { nonce: nonce.toUpperCase().replace(/^\d+$/, 'A'.repeat(32)) },
    { issuedAt: at(-DAY_MS) },
    { issuedAt: at(DAY_MS) },
    { expirationTime: at(-1) },
    { expirationTime: at(-DAY_MS) },
    { notBefore: at(DAY_MS) },
  ]
  const texts = [
    message.replace(SIGN_IN_STATEMENT, 'I transfer everything.'),
    message.replace(SIGN_IN_STATEMENT, `${SIGN_IN_STATEMENT} And more.`),
    message.replace(`${SIGN_IN_STATEMENT}\n\n`, ''),
    message.replace(address, address.toLowerCase()),
    message.replace('Version: 1', 'Version: 2'),
    message.replace(/^/, 'https://'),
    message.replaceAll('\n', '\r\n'),
    `${message}\n`,
    `${message}\nRequest ID: 7`,
    `${message}\nResources:\n- https://evil.example`,
    `${message}\n\n${message}`,
    `I agree to everything.\n${message}`,
    '',
  ]
  return [...changes.map(change => signInText({ ...fields, ...change })), ...texts]
}

/** One character or one stretch of the text is another, is gone, or is there twice. */
function bent(message: string, next: () => number): string {
  const at = Math.floor(next() * message.length)
  const length = 1 + Math.floor(next() * 8)
  const other = String.fromCharCode(next() < 0.9 ? 32 + Math.floor(next() * 95) : Math.floor(next() * 0xd800))
  const ways = [
    () => replaced(message, at, 1, other),
    () => replaced(message, at, length, ''),
    () => replaced(message, at, 0, message.slice(at, at + length)),
    () => {
      const lines = message.split('\n')
      const [taken = ''] = lines.splice(Math.floor(next() * lines.length), 1)
      lines.splice(Math.floor(next() * (lines.length + 1)), 0, taken)
      return lines.join('\n')
    },
  ]
  return ways[Math.floor(next() * ways.length)]?.() ?? ''
}

/** Another time of issue, a little earlier or later, is no fault when the wallet itself signs it. */
const timeless = (text: string) => text.replace(/^Issued At: .*$/m, '')

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** The other signature that is as good by arithmetic: s mirrored, v flipped. */
function mirrored(signature: Hex): Hex {
  const s = ORDER - BigInt(`0x${signature.slice(66, 130)}`)
  const v = signature.slice(130) === '1b' ? '1c' : '1b'
  return `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}` as Hex // Safety: 0x and hex digits.
}

function bentSignature(signature: Hex, next: () => number): Hex {
  const at = 2 + 2 * Math.floor(next() * 64)
  const byte = Number.parseInt(signature.slice(at, at + 2), 16)
  const other = (byte + 1 + Math.floor(next() * 255)) % 256
  const flipped = replaced(signature, at, 2, other.toString(16).padStart(2, '0'))
  const ways = [flipped, flipped, flipped, signature.slice(0, at), `${signature}00`, mirrored(signature)]
  return ways[Math.floor(next() * ways.length)] as Hex // Safety: cut and filled by whole bytes, after 0x.
}

/** `count` of them, the same for the same seed and the same right one. */
export async function* signInMutants(
  right: { fields: SignInFields; message: string; signature: Hex },
  people: { wallet: LocalAccount; stranger: LocalAccount },
  { count, seed }: { count: number; seed: number },
): AsyncGenerator<SignIn> {
  const next = random(seed)
  const { message, signature } = right
  const texts = otherTexts(right).filter(text => text !== message)
  for (let made = 0, tried = 0; made < count; tried++) {
    const kind = tried % 8
    const text =
      kind < 2 ? (texts[(tried >> 3) % texts.length] ?? '') : kind < 5 ? bent(message, next) : message
    if (kind < 5 && text === message) continue
    if (kind === 2 && timeless(text) === timeless(message)) continue
    made++
    if (kind === 0 || kind === 2)
      yield { message: text, signature: await people.wallet.signMessage({ message: text }) }
    else if (kind < 5) yield { message: text, signature }
    else if (kind === 7) yield { message, signature: await people.stranger.signMessage({ message }) }
    else yield { message, signature: bentSignature(signature, next) }
  }
}
