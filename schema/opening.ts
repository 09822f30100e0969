/** A proof of opening: a node's signed word that it opened one version, found it whole, and answered with it. */
import { recoverTypedDataAddress } from 'viem'
import { z } from 'zod'
import { outputHash, requestHash } from './chat.ts'
import {
  address,
  bytes32,
  type Hex,
  hashToBytes32,
  hexData,
  sameAddress,
  seconds,
  sha256Name,
} from './hex.ts'
import type { Manifest } from './manifest.ts'
import { aboutVersion, engineBuild, nodeDomain } from './node-word.ts'
import { Problem } from './problem.ts'
import { receiptHash, receiptTypedData, signedReceipt } from './receipt.ts'

export const OPENING_MAX_SAMPLES = 3
/** The whole proof as JSON. */
export const OPENING_MAX_BYTES = 65_536

/** A question as it was sent, the answer as it came, and the receipt that binds both: a paid turn like any other. */
export const openingSample = signedReceipt.extend({
  request: z.record(z.string(), z.unknown()),
  output: z.string().max(16_384),
})
export type OpeningSample = z.infer<typeof openingSample>

const samples = z.array(openingSample).min(1).max(OPENING_MAX_SAMPLES)

export const opening = z.object({
  ...aboutVersion,
  /** Of the manifest, as the ledger has it. */
  contentHash: sha256Name,
  baseModelSha256: sha256Name,
  /** The sealed parts that were fetched, in the manifest's order: each had its hash, decrypted, and was of a valid format. */
  partHashes: z.array(sha256Name).min(1).max(32),
  engineBuild,
  sampleReceiptHashes: z.array(bytes32).min(1).max(OPENING_MAX_SAMPLES),
  operator: address,
  openedAtSeconds: seconds,
})
export type Opening = z.infer<typeof opening>

export const signedOpening = z.object({ opening, signature: hexData, samples })
export type SignedOpening = z.infer<typeof signedOpening>

export const openingsPage = z.object({ openings: z.array(signedOpening) })

/** `POST /v1/openings` of a node: the creator's grant has to be there already, and the samples paid for as anyone pays. */
export const openingRequest = z.object({ model: z.string().max(256), grantId: z.string().max(64), samples })

const OPENING_TYPES = {
  Opening: [
    { name: 'workId', type: 'uint256' },
    { name: 'version', type: 'uint32' },
    { name: 'contentHash', type: 'bytes32' },
    { name: 'baseModelSha256', type: 'bytes32' },
    { name: 'partHashes', type: 'bytes32[]' },
    { name: 'engineBuild', type: 'string' },
    { name: 'sampleReceiptHashes', type: 'bytes32[]' },
    { name: 'operator', type: 'address' },
    { name: 'openedAtSeconds', type: 'uint64' },
  ],
} as const

/** Signed by the operator's payment key, as its quotes and receipts are. */
export const openingTypedData = ({ chainId, works, ...value }: Opening) =>
  ({
    domain: nodeDomain(chainId, works),
    types: OPENING_TYPES,
    primaryType: 'Opening',
    message: {
      ...value,
      workId: BigInt(value.workId),
      contentHash: hashToBytes32(value.contentHash),
      baseModelSha256: hashToBytes32(value.baseModelSha256),
      partHashes: value.partHashes.map(hashToBytes32),
      openedAtSeconds: BigInt(value.openedAtSeconds),
    },
  }) as const

const refuse = (param: string, got: unknown, expected: unknown): never => {
  throw new Problem('opening_invalid', { param, got, expected })
}

type AboutWork = Pick<Opening, 'chainId' | 'works' | 'workId' | 'version' | 'operator' | 'baseModelSha256'>
type Fact = [name: string, got: unknown, expected: unknown]

function requireEqual(facts: readonly Fact[]): void {
  for (const [name, got, expected] of facts) {
    if (String(got).toLowerCase() !== String(expected).toLowerCase()) refuse(name, got, expected)
  }
}

/** Each sample: its receipt is of this very version, base and operator, over these very words. One key signed all: that. */
async function sampleSigner(given: readonly OpeningSample[], about: AboutWork): Promise<Hex> {
  let key: Hex | null = null
  for (const [index, { receipt, signature, request, output }] of given.entries()) {
    const facts: Fact[] = [
      ['requestHash', receipt.requestHash, requestHash(request)],
      ['outputHash', receipt.outputHash, outputHash(output)],
      ...(['chainId', 'works', 'workId', 'version', 'operator', 'baseModelSha256'] as const).map(
        (name): Fact => [name, receipt[name], about[name]],
      ),
    ]
    requireEqual(facts.map(([name, ...rest]) => [`samples.${index}.${name}`, ...rest]))
    const signer = await recoverTypedDataAddress({ ...receiptTypedData(receipt), signature }).catch(
      () => null,
    )
    if (!signer || (key && !sameAddress(signer, key))) {
      return refuse(`samples.${index}.signature`, signer, key ?? 'a signature')
    }
    key ??= signer
  }
  return key ?? refuse('samples', 0, 'at least 1')
}

/** The ledger says who the creator is: answers to anybody else say nothing of what the creator had asked. */
const requireHolder = (given: readonly OpeningSample[], creator: Hex): void =>
  requireEqual(given.map(({ receipt }, index) => [`samples.${index}.holder`, receipt.holder, creator]))

/** Samples that a node may sign for: the creator's own turns, of this version and base, signed by its payment key. */
export async function requireSamples(
  given: readonly OpeningSample[],
  { creator, paymentKey, ...about }: AboutWork & { creator: Hex; paymentKey: Hex },
): Promise<void> {
  requireHolder(given, creator)
  const signer = await sampleSigner(given, about)
  if (!sameAddress(signer, paymentKey)) refuse('samples.0.signature', signer, paymentKey)
}

/** Whose key signed a proof and all of its samples, which agree with it: all that can be checked without the ledger. */
export async function openingSigner({
  opening: told,
  signature,
  samples: given,
}: SignedOpening): Promise<Hex> {
  const hashes = given.map(({ receipt }, index) => {
    try {
      return receiptHash(receipt)
    } catch (error) {
      return refuse(
        `samples.${index}.receipt`,
        String(error).slice(0, 200),
        'numbers that the ledger can hold',
      )
    }
  })
  requireEqual([['sampleReceiptHashes', told.sampleReceiptHashes, hashes]])
  const key = await sampleSigner(given, told)
  const signer = await recoverTypedDataAddress({ ...openingTypedData(told), signature }).catch(() => null)
  return signer && sameAddress(signer, key) ? signer : refuse('signature', signer, key)
}

/** What the ledger says, and what the version's public manifest says. */
export type ExpectedOpening = {
  chainId: number
  works: Hex
  workId: string
  contentHash: string
  creator: Hex
  /** The operator's registered payment key. */
  paymentKey: Hex
  manifest: Pick<Manifest, 'base' | 'parts'>
}

/**
 * Everything that a proof says, held against the ledger's facts; needs no node and no edge. `signer` is what
 * `openingSigner` answered, where it was asked before the ledger was.
 */
export async function requireOpening(
  proof: SignedOpening,
  { manifest, paymentKey, creator, ...expected }: ExpectedOpening,
  signer?: Hex,
): Promise<void> {
  const { opening: told, samples: given } = proof
  requireEqual([
    ...(['chainId', 'works', 'workId', 'contentHash'] as const).map(
      (name): Fact => [name, told[name], expected[name]],
    ),
    ['baseModelSha256', told.baseModelSha256, manifest.base.sha256],
    ['partHashes', told.partHashes, manifest.parts.map(({ sha256 }) => sha256)],
  ])
  const key = signer ?? (await openingSigner(proof))
  if (!sameAddress(key, paymentKey)) refuse('signature', key, paymentKey)
  requireHolder(given, creator)
}
