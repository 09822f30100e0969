/** x402's scheme, which asks the chain anew of a channel after some minutes; not while the chain is followed for it. */
import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/server'

export type SchemeOptions = ConstructorParameters<typeof BatchSettlementEvmScheme>[1]

export class FollowedScheme extends BatchSettlementEvmScheme {
  readonly #followedMs: () => number

  /** `followedMs`: for how long no exit of a channel can have gone unseen. */
  constructor(receiver: `0x${string}`, options: SchemeOptions, followedMs: () => number) {
    super(receiver, options)
    this.#followedMs = followedMs
  }

  /** A channel that was read since then is as it was read, or its exit was noted in it. */
  override getOnchainStateTtlMs(): number {
    return Math.max(super.getOnchainStateTtlMs(), this.#followedMs())
  }
}
