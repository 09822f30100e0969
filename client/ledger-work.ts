/** What the chain itself says of a work: the only source that the client believes. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { splitterAddress } from '@grimoire/contracts/splitter'
import { bytes32ToHash, type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Sharing } from '@grimoire/schema/receipt'
import { type Terms, termsFromChain } from '@grimoire/schema/work'
import { zeroAddress } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

export type LedgerWork = {
  workId: string
  creator: Hex
  terms: Terms
  minted: number
  latestVersion: number
  /** Of the latest version: the sha256 of its manifest. */
  contentHash: string
  createdAtSeconds: number
}

const at = ({ addresses }: Ledger) => ({ address: addresses.works, abi: worksAbi }) as const

const failed = (error: unknown): never => {
  throw ledgerProblem(error, 'reading a work')
}

/** Reads one work; `work_unknown` when the ledger has none of this id. */
export async function ledgerWork(ledger: Ledger, workId: string): Promise<LedgerWork> {
  const works = at(ledger)
  const { publicClient } = ledger
  const id = BigInt(workId)
  const found = await publicClient.readContract({ ...works, functionName: 'work', args: [id] }).catch(failed)
  if (sameAddress(found.creator, zeroAddress)) throw new Problem('work_unknown', { got: workId })
  const contentHash = await versionHash(ledger, { workId, version: found.latestVersion })
  return {
    workId,
    creator: found.creator,
    terms: termsFromChain(found.terms),
    minted: found.minted,
    latestVersion: found.latestVersion,
    contentHash,
    createdAtSeconds: Number(found.createdAtSeconds),
  }
}

/** The manifest hash that the ledger holds for one version. */
export async function versionHash(
  ledger: Ledger,
  { workId, version }: { workId: string; version: number },
): Promise<string> {
  const hash = await ledger.publicClient
    .readContract({ ...at(ledger), functionName: 'contentHashOf', args: [BigInt(workId), version] })
    .catch(failed)
  if (/^0x0{64}$/.test(hash)) throw new Problem('version_unknown', { got: version })
  return bytes32ToHash(hash)
}

/** The shares by which the ledger divides what a work's chats bring in. Only the protocol's can ever change. */
export async function sharingOf(
  ledger: Ledger,
  { workId, terms }: Pick<LedgerWork, 'workId' | 'terms'>,
): Promise<Sharing> {
  const works = { ...at(ledger), args: [BigInt(workId)] } as const
  const [protocolFeeBps, parents] = await Promise.all([
    ledger.publicClient.readContract({ ...works, functionName: 'feeBpsOf' }),
    ledger.publicClient.readContract({ ...works, functionName: 'parentsOf' }),
  ]).catch(failed)
  const parentsBps = parents.map(({ shareBps }) => shareBps)
  return { usageRoyaltyBps: terms.usageRoyaltyBps, protocolFeeBps, parentsBps }
}

/** Editions that an account holds now. */
export async function editionsOf(
  ledger: Ledger,
  { workId, holder }: { workId: string; holder: Hex },
): Promise<bigint> {
  return ledger.publicClient
    .readContract({ ...at(ledger), functionName: 'balanceOf', args: [holder, BigInt(workId)] })
    .catch(failed)
}

/** Whether an account may have a node answer for it: an edition, an opened copy, or its creator. */
export async function holds(
  ledger: Ledger,
  { workId, holder }: { workId: string; holder: Hex },
): Promise<boolean> {
  const [editions, opened, work] = await Promise.all([
    editionsOf(ledger, { workId, holder }),
    ledger.publicClient
      .readContract({ ...at(ledger), functionName: 'openedCopies', args: [BigInt(workId), holder] })
      .catch(failed),
    ledgerWork(ledger, workId),
  ])
  return editions > 0n || opened > 0n || sameAddress(work.creator, holder)
}

/** The only address that chats with this work at this operator may be paid to: computed here, asked of nobody. */
export const splitterOf = (
  { addresses }: Pick<Ledger, 'addresses'>,
  { workId, operator }: { workId: string; operator: Hex },
): Hex => splitterAddress(addresses.works, BigInt(workId), operator)
