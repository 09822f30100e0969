/** One confirmation for an allowance and what takes it, both or neither: EIP-5792, where the wallet says that it can. */
import { Problem } from '@grimoire/schema/problem'
import {
  AtomicityNotSupportedError,
  AtomicReadyWalletRejectedUpgradeError,
  BaseError,
  DuplicateIdError,
  type Hex,
  MethodNotFoundRpcError,
  MethodNotSupportedRpcError,
  UnknownBundleIdError,
  UnsupportedProviderMethodError,
} from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { pause } from './transport.ts'
import type { Wallet } from './wallet.ts'

/** A wallet that does not know the question may also never answer it. */
const CAPABILITIES_PATIENCE_MS = 3_000
/** How long a wallet is believed that a batch is on its way. */
const BATCH_PATIENCE_MS = 180_000

type Kind = new (...args: never[]) => Error

const isAny = (error: unknown, kinds: readonly Kind[]): boolean =>
  error instanceof BaseError && error.walk(cause => kinds.some(kind => cause instanceof kind)) !== null

/** The wallet has no such method at all. */
export const isUnknownMethod = (error: unknown): boolean =>
  isAny(error, [MethodNotFoundRpcError, MethodNotSupportedRpcError, UnsupportedProviderMethodError])

const NO_BATCH = [AtomicityNotSupportedError, AtomicReadyWalletRejectedUpgradeError]

/** The wallet takes no batch after all, and has sent none. */
export const isNoBatch = (error: unknown): boolean => isUnknownMethod(error) || isAny(error, NO_BATCH)

/** `supported`, or `ready` when its owner only has to agree; asked without a dialog. */
export async function takesBatches({ addresses }: Ledger, wallet: Wallet): Promise<boolean> {
  if (wallet.account.type === 'local') return false
  const { chainId } = addresses
  const asked = wallet.getCapabilities({ account: wallet.account, chainId }).catch(() => null)
  const capabilities = await Promise.race([asked, pause(CAPABILITIES_PATIENCE_MS)])
  // Safety: viem's own shape, of which a wallet may leave out anything.
  const { atomic } = (capabilities ?? {}) as { atomic?: { status?: string } }
  return atomic?.status === 'supported' || atomic?.status === 'ready'
}

export const newCallsId = (): string => crypto.randomUUID()

/** Hands the batch to the wallet under this name; one that knows the name already is not asked again. Answers the name it goes by. */
export async function handOver(
  wallet: Wallet,
  { id, calls }: { id: string; calls: readonly { to: Hex; data: Hex }[] },
): Promise<string> {
  try {
    const { account, chain } = wallet
    const answer = await wallet.sendCalls({ account, chain, id, calls: [...calls], forceAtomic: true })
    return answer.id
  } catch (error) {
    if (isAny(error, [DuplicateIdError])) return id
    throw error
  }
}

type BatchFate = { is: 'pending'; hash: null } | { is: 'mined'; hash: Hex } | { is: 'failed' }

/** Null when the wallet knows of no such batch, or says nothing of any. */
export async function batchFate(wallet: Wallet, id: string): Promise<BatchFate | null> {
  try {
    const { status, receipts } = await wallet.getCallsStatus({ id })
    if (status === 'pending') return { is: 'pending', hash: null }
    const hash = receipts?.at(-1)?.transactionHash
    if (status === 'success' && hash) return { is: 'mined', hash }
    return status === 'failure' ? { is: 'failed' } : null
  } catch (error) {
    if (isAny(error, [UnknownBundleIdError]) || isUnknownMethod(error)) return null
    throw ledgerProblem(error, 'asking the wallet for a batch')
  }
}

/** Until the wallet says that it is in a block, or not. */
export async function awaitBatch(ledger: Ledger, wallet: Wallet, id: string): Promise<BatchFate | null> {
  const deadline = Date.now() + BATCH_PATIENCE_MS
  for (;;) {
    const fate = await batchFate(wallet, id)
    if (fate?.is !== 'pending') return fate
    if (Date.now() > deadline) throw new Problem('timed_out', { expected: `${BATCH_PATIENCE_MS} ms` })
    await pause(ledger.publicClient.pollingInterval)
  }
}
