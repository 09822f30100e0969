/**
 * Undertakes on the ledger to serve the listed works that this node opens: as long as an operator who did is active, nobody
 * but the listed ones may open them. Without it a creator's list would lapse after thirty days, although its node serves.
 */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { type Log, reasonOf } from '../log.ts'
import type { GasPayer } from '../till/gas-payer.ts'
import type { Ledger } from './ledger.ts'

export class Undertakings {
  readonly #ledger: Ledger
  readonly #payer: GasPayer
  readonly #log: Log
  /** Works that need no further look while this process lives. */
  readonly #settled = new Set<string>()

  constructor({ ledger, payer, log }: { ledger: Ledger; payer: GasPayer; log: Log }) {
    this.#ledger = ledger
    this.#payer = payer
    this.#log = log
  }

  /** Costs nobody an answer: what fails is logged and tried again when the work is next opened. */
  async undertake(workId: string): Promise<void> {
    if (this.#settled.has(workId)) return
    this.#settled.add(workId)
    try {
      if (await this.#isAsked(workId)) await this.#accept(workId)
    } catch (error) {
      this.#settled.delete(workId)
      this.#log({ event: 'accept_failed', workId, reason: reasonOf(error) })
    }
  }

  /** Whether the work lists this operator, which has not accepted yet. */
  async #isAsked(workId: string): Promise<boolean> {
    const { operator, addresses } = this.#ledger.options
    const at = {
      address: addresses.admissions,
      abi: admissionsAbi,
      args: [BigInt(workId), operator],
    } as const
    const { client } = this.#ledger
    const [untilSeconds, acceptedAtSeconds] = await Promise.all([
      client.readContract({ ...at, functionName: 'admittedUntilSeconds' }),
      client.readContract({ ...at, functionName: 'acceptedAtSeconds' }),
    ])
    return acceptedAtSeconds === 0n && untilSeconds > BigInt(Math.floor(Date.now() / 1_000))
  }

  async #accept(workId: string): Promise<void> {
    const { operator, addresses } = this.#ledger.options
    const { wallet, client, inTurn } = this.#payer
    const args = [BigInt(workId), operator, true] as const
    const call = {
      address: addresses.admissions,
      abi: admissionsAbi,
      functionName: 'setAccepted',
      args,
    } as const
    // Others of the key's transactions wait for this one to be sent, not for its block.
    const hash = await inTurn(() => wallet.writeContract(call))
    const { status } = await client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error('reverted')
    this.#log({ event: 'work_accepted', workId, transaction: hash })
  }
}
