/** A further version of a work, with new parts or only a new seal; no earlier version is ever withdrawn. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { type SealedWork, sealWork } from '@grimoire/seal/bundle'
import type { PlainPart } from '@grimoire/seal/parts'
import type { Recovery } from '@grimoire/seal/recovery'
import { reseal } from '@grimoire/seal/reseal'
import { encodeFunctionData } from 'viem'
import { nudgeEdge } from './edge.ts'
import { ledgerWork } from './ledger-work.ts'
import { keyNetworkOf, type Market } from './market.ts'
import { type Published, uploadSealed, type WorkWords } from './publish-work.ts'
import { readManifest } from './read-work.ts'
import { sendCall, type Wallet } from './wallet.ts'

type Blobs = Map<string, Uint8Array>

async function nextVersion(market: Market, { wallet, workId }: { wallet: Wallet; workId: string }) {
  const work = await ledgerWork(market, workId)
  const { address } = wallet.account
  if (!sameAddress(work.creator, address)) {
    throw new Problem('not_creator', { got: address, expected: work.creator })
  }
  return { work, version: work.latestVersion + 1 }
}

async function publish(
  market: Market,
  { wallet, workId, version }: { wallet: Wallet; workId: string; version: number },
  sealed: SealedWork & { blobs: Blobs },
): Promise<Published> {
  const sealedBytes = await uploadSealed(market, sealed)
  const args = [BigInt(workId), sealed.contentHashBytes32] as const
  const transaction = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'publishVersion', args }),
    what: 'publishing a version',
  })
  await nudgeEdge(market)
  const { contentHash, manifest, recovery } = sealed
  return { workId, version, contentHash, manifest, recovery, sealedBytes, transaction }
}

/** Words that are left out stay as the latest version has them. */
export async function publishVersion(
  market: Market,
  options: { wallet: Wallet; workId: string; words?: Partial<WorkWords>; parts: PlainPart[] },
): Promise<Published> {
  const { wallet, workId, parts } = options
  const { version } = await nextVersion(market, options)
  const before = await readManifest(market, { workId })
  const { format: _format, parts: _parts, seal: _seal, ...fields } = before
  const sealed = await sealWork({
    fields: { ...fields, ...options.words, version },
    parts,
    gate: market.addresses.gate,
    network: keyNetworkOf(market),
  })
  return publish(market, { wallet, workId, version }, sealed)
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
