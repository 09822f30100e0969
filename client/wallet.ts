/** A wallet that acts on the ledger: every transaction is simulated first, so that a refusal costs nothing and has a name. */
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
}

async function simulate(ledger: Ledger, { wallet, to, data, what }: Call, blockNumber?: bigint) {
  try {
    await ledger.publicClient.call({
      account: wallet.account,
      to,
      data,
      ...(blockNumber === undefined ? {} : { blockNumber }),
    })
  } catch (error) {
    throw ledgerProblem(error, what)
  }
}

/** Simulates, sends, waits until it is in a block. A transaction that reverts there is simulated again to learn why. */
export async function sendCall(ledger: Ledger, call: Call): Promise<Sent> {
  await simulate(ledger, call)
  const { wallet, to, data, what } = call
  try {
    const hash = await wallet.sendTransaction({ account: wallet.account, chain: wallet.chain, to, data })
    const receipt = await ledger.publicClient.waitForTransactionReceipt({ hash })
    const { gasUsed, blockNumber, logs } = receipt
    if (receipt.status === 'success') return { hash, gasUsed, blockNumber, logs }
    await simulate(ledger, call, blockNumber)
    throw new Error(`execution reverted in ${hash}, and passes when it is simulated`)
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
