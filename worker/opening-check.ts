/** Does a proof of opening hold? Asked of the chain itself: the operator's key and bond, whom the work admits, and the version's content. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { bytes32ToHash } from '@grimoire/schema/hex'
import { MANIFEST_MAX_BYTES, type Manifest } from '@grimoire/schema/manifest'
import { type Opening, openingSigner, requireOpening, type SignedOpening } from '@grimoire/schema/opening'
import { Problem } from '@grimoire/schema/problem'
import type { Hex } from 'viem'
import { asking, chainOf, minimumBond } from './chain.ts'
import type { Settings } from './env.ts'
import { parseManifest } from './indexer/words.ts'
import { readBlob } from './store/blobs.ts'

/** Clocks differ; a proof from further ahead would stand in the way of every later one. */
const AHEAD_SECONDS = 600

/** What the chain says of all that a proof names, in as few reads as it takes. */
async function readFacts(settings: Settings, { workId, version, operator }: Opening) {
  const { works, operators, admissions } = settings.ADDRESSES
  const chain = chainOf(settings)
  const registry = { address: operators, abi: operatorsAbi, args: [operator] } as const
  const ledger = { address: works, abi: worksAbi } as const
  const id = BigInt(workId)
  const [record, active, admitted, work, hash, block, minimumBondAtomic] = await asking(
    Promise.all([
      chain.readContract({ ...registry, functionName: 'operator' }),
      chain.readContract({ ...registry, functionName: 'isActive' }),
      chain.readContract({
        ...{ address: admissions, abi: admissionsAbi, functionName: 'admits' },
        args: [id, operator],
      }),
      chain.readContract({ ...ledger, functionName: 'work', args: [id] }),
      chain.readContract({ ...ledger, functionName: 'contentHashOf', args: [id, version] }),
      chain.getBlock(),
      minimumBond(settings),
    ]),
  )
  return {
    ...{ active, admitted, minimumBondAtomic, paymentKey: record.paymentKey, creator: work.creator },
    ...{ hash: /^0x0*$/.test(hash) ? null : hash, nowSeconds: Number(block.timestamp) },
  }
}

async function manifestAt(blobs: R2Bucket, contentHash: string): Promise<Manifest> {
  const bytes = await readBlob(blobs, contentHash, MANIFEST_MAX_BYTES)
  if (!bytes) throw new Problem('manifest_missing', { got: contentHash })
  const manifest = parseManifest(bytes)
  if (!manifest) throw new Problem('manifest_invalid', { got: contentHash, expected: 'a manifest' })
  return manifest
}

/**
 * The key that signed it. Only bonded operators that the work admits are heard: all that a proof says is public, so
 * anyone could say it again under a name of their own. What costs the chain a question comes last.
 */
export async function checkOpening(
  settings: Settings,
  blobs: R2Bucket,
  proof: SignedOpening,
): Promise<{ paymentKey: Hex; minimumBondAtomic: bigint }> {
  const { workId, version, operator, openedAtSeconds } = proof.opening
  const { chainId, works } = settings.ADDRESSES
  const signer = await openingSigner(proof)
  const { hash, ...facts } = await readFacts(settings, proof.opening)
  const { paymentKey, minimumBondAtomic, creator } = facts
  if (!facts.active)
    throw new Problem('not_bonded', { got: operator, expected: 'an operator with an active bond' })
  if (hash === null) throw new Problem('version_unknown', { got: `${workId}@${version}` })
  if (!facts.admitted) throw new Problem('not_admitted', { got: operator })
  const latest = Math.max(facts.nowSeconds, Math.floor(Date.now() / 1000)) + AHEAD_SECONDS
  if (openedAtSeconds > latest) {
    const expected = `at most ${latest}`
    throw new Problem('opening_invalid', { param: 'openedAtSeconds', got: openedAtSeconds, expected })
  }
  const contentHash = bytes32ToHash(hash)
  const manifest = await manifestAt(blobs, contentHash)
  const expected = { chainId, works, workId, contentHash, paymentKey, creator, manifest }
  await requireOpening(proof, expected, signer)
  return { paymentKey, minimumBondAtomic }
}
