/** The terms of a deployment as a file that people review before anything is sent. */
import type { Address, Hex } from 'viem'
import type { KeyNode, Terms } from './plan.ts'
import { Field } from './shape.ts'

const MAX_FEE_BPS = 500
const MAX_KEY_NODES = 32
const KEY_BYTES = 48
const HIGHEST_PORT = 65_535

const NAMES = [
  ...['owner', 'treasury', 'slashedTo', 'protocolFeeBps', 'minimumBondAtomic', 'metadataBase'],
  ...['keyNetwork', 'accountCodeHashes', 'since'],
]

/** @param isPublic Whether strangers must reach what the terms name. */
export function readTerms(value: unknown, file: string, isPublic: boolean): Terms {
  const field = new Field(value, file)
  field.only(NAMES)
  const owner = field.at('owner').address()
  const hashes = field.at('accountCodeHashes')
  const since = field.at('since')
  return {
    owner,
    treasury: field.at('treasury').address(),
    slashedTo: readSlashedTo(field.at('slashedTo'), owner),
    protocolFeeBps: field.at('protocolFeeBps').wholeNumber(0, MAX_FEE_BPS),
    minimumBondAtomic: field.at('minimumBondAtomic').amount(),
    metadataBase: readOrigin(field.at('metadataBase'), isPublic),
    keyNetwork: readKeyNetwork(field.at('keyNetwork'), isPublic),
    accountCodeHashes: hashes.isThere ? hashes.list().map(row => row.bytes(32)) : [],
    ...(since.isThere ? { since: readSince(since, isPublic) } : {}),
  }
}

function readSlashedTo(field: Field, owner: Address): Address {
  const slashedTo = field.address()
  if (slashedTo !== owner) return slashedTo
  return field.refuse(
    'another than the owner, who decides what is slashed and must not gain by it: the treasury, or 0x000000000000000000000000000000000000dEaD to burn it',
  )
}

function readOrigin(field: Field, isPublic: boolean): string {
  const pattern = isPublic ? /^https:\/\/[^/\s?#]+$/ : /^https?:\/\/[^/\s?#]+$/
  return field.text(`an origin that begins with http${isPublic ? 's' : ''}:// and has no path`, pattern)
}

function readKeyNetwork(field: Field, isPublic: boolean): Terms['keyNetwork'] {
  field.only(['threshold', 'networkKey', 'nodes'])
  const rows = field.at('nodes')
  const nodes = rows.list().map(row => readKeyNode(row, isPublic))
  if (nodes.length === 0 || nodes.length > MAX_KEY_NODES) rows.refuse(`1 to ${MAX_KEY_NODES} rows`)
  for (const key of ['endpoint', 'verificationKey', 'nodeAddress'] as const) {
    const found = nodes.map(node => node[key].toLowerCase())
    const again = found.findIndex((one, index) => found.indexOf(one) < index)
    if (again >= 0) rows.list()[again]?.at(key).refuse('one that no other row has')
  }
  return {
    nodes,
    threshold: field.at('threshold').wholeNumber(1, nodes.length),
    networkKey: field.at('networkKey').bytes(KEY_BYTES),
  }
}

function readKeyNode(row: Field, isPublic: boolean): KeyNode {
  row.only(['endpoint', 'verificationKey', 'nodeAddress', 'ip', 'port'])
  return {
    endpoint: readOrigin(row.at('endpoint'), isPublic),
    verificationKey: row.at('verificationKey').bytes(KEY_BYTES),
    nodeAddress: row.at('nodeAddress').address(),
    ip: readIp(row.at('ip')),
    port: row.at('port').wholeNumber(1, HIGHEST_PORT),
  }
}

function readIp(field: Field): number {
  const parts = field.text('an IPv4 address, as in "203.0.113.7"', /^\d{1,3}(\.\d{1,3}){3}$/).split('.')
  const ip = parts.reduce((sum, part) => (Number(part) > 255 ? Number.NaN : sum * 256 + Number(part)), 0)
  return ip > 0 ? ip : field.refuse('an IPv4 address, as in "203.0.113.7"')
}

function readSince(field: Field, isPublic: boolean): NonNullable<Terms['since']> {
  field.only(['owner', 'protocolFeeBps', 'keyNetwork'])
  const [owner, fee, network] = [field.at('owner'), field.at('protocolFeeBps'), field.at('keyNetwork')]
  return {
    ...(owner.isThere ? { owner: owner.address() } : {}),
    ...(fee.isThere ? { protocolFeeBps: fee.wholeNumber(0, MAX_FEE_BPS) } : {}),
    ...(network.isThere ? { keyNetwork: readKeyNetwork(network, isPublic) } : {}),
  }
}

const dotted = (ip: number): string => [24, 16, 8, 0].map(shift => (ip >>> shift) & 0xff).join('.')

type Written = { nodes: unknown[]; threshold: number; networkKey: Hex }

const writtenNetwork = ({ nodes, threshold, networkKey }: Terms['keyNetwork']): Written => ({
  threshold,
  networkKey,
  nodes: nodes.map(node => ({ ...node, ip: dotted(node.ip) })),
})

/** The text that {@link readTerms} reads. */
export function termsText({ keyNetwork, minimumBondAtomic, since, ...terms }: Terms): string {
  const { keyNetwork: later, ...changed } = since ?? {}
  const written = {
    ...terms,
    minimumBondAtomic: String(minimumBondAtomic),
    keyNetwork: writtenNetwork(keyNetwork),
    ...(since ? { since: { ...changed, ...(later ? { keyNetwork: writtenNetwork(later) } : {}) } } : {}),
  }
  return `${JSON.stringify(written, null, 2)}\n`
}
