/** A further version of a work, with new parts or only a new seal; no earlier version is ever withdrawn. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { type KnowledgeFile, knowledgeParts } from '@grimoire/schema/knowledge'
import { Problem } from '@grimoire/schema/problem'
import { type SealedWork, sealWork } from '@grimoire/seal/bundle'
import type { PlainPart } from '@grimoire/seal/parts'
import type { Recovery } from '@grimoire/seal/recovery'
import { reseal } from '@grimoire/seal/reseal'
import { encodeFunctionData } from 'viem'
import { sendAndNudge } from './edge.ts'
import { ledgerWork } from './ledger-work.ts'
import { keyNetworkOf, type Market } from './market.ts'
import { type Prepared, type Published, uploadSealed, type WorkWords } from './publish-work.ts'
import { readManifest } from './read-work.ts'
import type { Sending } from './upload-blob.ts'
import type { Sent, Wallet } from './wallet.ts'

type Blobs = Map<string, Uint8Array>

type Creator = { account: { address: Hex } }

async function nextVersion(market: Market, { wallet, workId }: { wallet: Creator; workId: string }) {
  const work = await ledgerWork(market, workId)
  const { address } = wallet.account
  if (!sameAddress(work.creator, address)) {
    throw new Problem('not_creator', { got: address, expected: work.creator })
  }
  return { work, version: work.latestVersion + 1 }
}

/** The last step: the ledger takes the version's hash, and the edge reads it. */
export async function sendVersion(
  market: Market,
  { wallet, workId }: { wallet: Wallet; workId: string },
  { contentHashBytes32 }: Pick<SealedWork, 'contentHashBytes32'>,
): Promise<Sent> {
  return sendAndNudge(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({
      abi: worksAbi,
      functionName: 'publishVersion',
      args: [BigInt(workId), contentHashBytes32],
    }),
    what: 'publishing a version',
  })
}

async function publish(
  market: Market,
  { wallet, workId, version }: { wallet: Wallet; workId: string; version: number },
  sealed: SealedWork & { blobs: Blobs },
  sending: Sending = {},
): Promise<Published> {
  const sealedBytes = await uploadSealed(market, sealed, { ...sending, wallet })
  const transaction = await sendVersion(market, { wallet, workId }, sealed)
  const { contentHash, manifest, recovery } = sealed
  return { workId, version, contentHash, manifest, recovery, sealedBytes, transaction }
}

type NewVersion = {
  wallet: Creator
  workId: string
  words?: Partial<WorkWords>
  parts: PlainPart[]
  /** All of them: a version has no files of the one before. */
  knowledge?: readonly KnowledgeFile[]
}

/** Seals the next version; words that are left out stay as the latest version has them. */
export async function prepareVersion(market: Market, options: NewVersion): Promise<Prepared> {
  const { workId, parts, knowledge = [] } = options
  const { version } = await nextVersion(market, options)
  const before = await readManifest(market, { workId })
  const { format: _format, parts: _parts, seal: _seal, ...fields } = before
  const sealed = await sealWork({
    fields: { ...fields, ...options.words, version },
    parts: [...parts, ...knowledgeParts(knowledge)],
    gate: market.addresses.gate,
    network: keyNetworkOf(market),
  })
  return { ...sealed, workId }
}

export async function publishVersion(
  market: Market,
  options: NewVersion & Sending & { wallet: Wallet },
): Promise<Published> {
  const { wallet, workId } = options
  const prepared = await prepareVersion(market, options)
  const { version } = prepared.manifest
  return publish(market, { wallet, workId, version }, prepared, options)
}

/** The latest version's parts under a new seal, made from the recovery file: for a key network that was lost or left. */
export async function resealWork(
  market: Market,
  { wallet, recovery }: { wallet: Wallet; recovery: Recovery },
): Promise<Published> {
  const { workId } = recovery
  const { version } = await nextVersion(market, { wallet, workId })
  const manifest = await readManifest(market, { workId, version: recovery.version })
  const { gate } = market.addresses
  const sealed = await reseal({ recovery, manifest, network: keyNetworkOf(market), gate, version })
  return publish(market, { wallet, workId, version }, { ...sealed, blobs: new Map() })
}
