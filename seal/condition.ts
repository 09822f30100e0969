/** The access condition of every seal, in the one form and key order that Lit's client and our key nodes hash alike. */
import type { Hex } from '@grimoire/schema/hex'
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'

export const RESOURCE_PREFIX = 'lit-accesscontrolcondition'

/** Lit's names are labels: the chain id that counts stands inside the condition. */
const CHAIN_NAMES: Record<number, string> = { 1: 'ethereum', 8453: 'base', 84532: 'baseSepolia' }
export const litChainName = (chainId: number): string => CHAIN_NAMES[chainId] ?? 'ethereum'

export type GateTarget = { gate: Hex; workId: string; chainId: number }

const GATE_ABI = {
  name: 'canDecrypt',
  inputs: [
    { name: 'holder', type: 'address' },
    { name: 'sessionKey', type: 'bytes32' },
    { name: 'workId', type: 'uint256' },
    { name: 'chainId', type: 'uint256' },
  ],
  outputs: [{ name: '', type: 'bool' }],
  constant: false,
  stateMutability: 'view',
} as const

export type GateCondition = ReturnType<typeof gateCondition>[number]

/** `:sessionKey` is our key nodes' extension of Lit: the ed25519 key of the verified session, zero without one. */
export const gateCondition = ({ gate, workId, chainId }: GateTarget) => [
  {
    contractAddress: gate.toLowerCase(),
    functionName: 'canDecrypt',
    functionParams: [':userAddress', ':sessionKey', workId, String(chainId)],
    functionAbi: GATE_ABI,
    chain: litChainName(chainId),
    returnValueTest: { key: '', comparator: '=', value: 'true' },
  },
]

export const conditionHash = (condition: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(condition))))

/** What a ReCap names and a wallet shows: `<condition hash>/<secret hash>`. */
export const resourceOf = (target: GateTarget, dataToEncryptHash: string): string =>
  `${conditionHash(gateCondition(target))}/${dataToEncryptHash}`

/** The identity that the network's key signs: the decryption key of this one secret under this one condition. */
export const identityOf = (resource: string): string => `${RESOURCE_PREFIX}://${resource}`
