/** A wallet that acts on the ledger: every transaction is simulated first, so that a refusal costs nothing and has a name. */
import { withSpareGas } from '@grimoire/schema/gas'
import { Problem } from '@grimoire/schema/problem'
import {
  type Account,
  BaseError,
  type Chain,
  type Hex,
  type Log,
  type Transport,
  type WalletClient,
} from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

export type Wallet = WalletClient<Transport, Chain | undefined, Account>

export type Sent = { hash: Hex; gasUsed: bigint; blockNumber: bigint; logs: Log[] }

export type Call = {
  wallet: Wallet
  to: Hex
  data: Hex
  /** What is being done, for the sentence of a refusal. */
  what: string
  /** Of the account, where two transactions must never both be mined. */
  nonce?: number
  /** Told before the wallet is asked to send. */
  onSend?: () => void
  /** Told when it is on its way, and waited for: what is kept then outlives this program. */
  onSent?: (hash: Hex) => Promise<void> | void
}

type Tried = { account: Account | Hex; to: Hex; data: Hex; what: string; blockNumber?: bigint }

/** Refuses what the ledger would refuse, before anybody is asked to sign. */
export async function simulate(ledger: Ledger, { account, to, data, what, blockNumber }: Tried) {
  try {
    await ledger.publicClient.call({
      ...{ account, to, data },
      ...(blockNumber === undefined ? {} : { blockNumber }),
    })
  } catch (error) {
    throw ledgerProblem(error, what)
  }
}

/** Why something was refused: it is tried `again`, where it was or now, and nothing is sent. */
export async function reasonOf(what: string, again: () => Promise<unknown>): Promise<Problem> {
  try {
    await again()
  } catch (error) {
    return ledgerProblem(error, what)
  }
  return new Problem('transaction_reverted', { got: `${what}, which passes when it is tried again` })
}

/** Of the transaction, or of the same at another gas price; with anything else in its place it was not made. */
export async function receiptFor({ publicClient }: Ledger, hash: Hex, what: string) {
  let replaced = ''
  const onReplaced = ({ reason }: { reason: string }) => {
    replaced = reason
  }
  const receipt = await publicClient.waitForTransactionReceipt({ hash, onReplaced })
  if (replaced === '' || replaced === 'repriced') return receipt
  throw new Problem('wallet_refused', { got: `${what}: another transaction was sent in its place` })
}

/** Of an account with code its wallet knows how it is sent, and what that takes beside the call itself. */
async function gasFor({ publicClient }: Ledger, { wallet, to, data }: Call): Promise<{ gas?: bigint }> {
  const { address, type } = wallet.account
  const [estimated, code] = await Promise.all([
    publicClient.estimateGas({ account: address, to, data }),
    type === 'local' ? undefined : publicClient.getCode({ address }),
  ])
  return code === undefined ? { gas: withSpareGas(estimated) } : {}
}

/** Simulates, sends, waits until it is in a block. A transaction that reverts there is simulated again to learn why. */
export async function sendCall(ledger: Ledger, call: Call): Promise<Sent> {
  const { wallet, to, data, what, nonce, onSend, onSent } = call
  const { account, chain } = wallet
  await simulate(ledger, { account, to, data, what })
  try {
    const counted = { ...(await gasFor(ledger, call)), ...(nonce === undefined ? {} : { nonce }) }
    onSend?.()
    const hash = await wallet.sendTransaction({ account, chain, to, data, ...counted })
    await onSent?.(hash)
    const receipt = await receiptFor(ledger, hash, what)
    const { transactionHash, gasUsed, blockNumber, logs } = receipt
    if (receipt.status === 'success') return { hash: transactionHash, gasUsed, blockNumber, logs }
    throw await reasonOf(what, () => simulate(ledger, { account, to, data, what, blockNumber }))
  } catch (error) {
    throw ledgerProblem(error, what)
  }
}

/** What a wallet was asked to sign; that it did not, whatever the reason, has one name. */
export const signing = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch(cause => {
    throw new Problem('wallet_refused', {
      ...(cause instanceof BaseError ? { got: cause.shortMessage } : {}),
      cause,
    })
  })

/** The time of the chain, which is what the ledger compares: a test chain's clock is not this machine's. */
export async function chainSeconds(ledger: Ledger): Promise<number> {
  const block = await ledger.publicClient.getBlock().catch(error => {
    throw ledgerProblem(error, 'reading the latest block')
  })
  return Number(block.timestamp)
}

export const randomBytes32 = (): Hex =>
  `0x${Array.from(crypto.getRandomValues(new Uint8Array(32)), byte => byte.toString(16).padStart(2, '0')).join('')}`
