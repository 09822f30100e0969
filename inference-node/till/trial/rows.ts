/** Rows for tests of the ledger: channels and receipts whose every field follows from a number. */

import type { Hex } from '@grimoire/schema/hex'
import type { Channel } from '@x402/evm/batch-settlement/server'
import type { AnsweredTurn } from '../../journal.ts'

const bytes = (number: number, length: number): Hex => `0x${number.toString(16).padStart(length * 2, '0')}`

type Stand = { charged?: bigint; claimed?: bigint; balance?: bigint; usedAtSeconds?: number }

export const someChannelId = (number: number): Hex => bytes(number, 32)

export function someChannel(
  number: number,
  { charged = 0n, claimed = 0n, balance = 10n ** 12n, usedAtSeconds = 0 }: Stand = {},
): Channel {
  return {
    channelId: someChannelId(number),
    channelConfig: {
      payer: bytes(number, 20),
      payerAuthorizer: bytes(number + 1, 20),
      receiver: bytes(number + 2, 20),
      receiverAuthorizer: bytes(number + 3, 20),
      token: bytes(number + 4, 20),
      withdrawDelay: 900,
      salt: bytes(number, 32),
    },
    chargedCumulativeAmount: String(charged),
    signedMaxClaimable: String(charged),
    signature: bytes(number, 65),
    balance: String(balance),
    totalClaimed: String(claimed),
    withdrawRequestedAt: 0,
    refundNonce: 0,
    lastRequestTimestamp: usedAtSeconds * 1000,
  }
}

type Told = {
  number: number
  channel?: number
  workId?: string
  charged?: bigint
  cumulative?: bigint
  atSeconds?: number
}

export function receiptRow({
  number,
  channel = 1,
  workId = '1',
  charged = 1n,
  cumulative = 0n,
  atSeconds = 0,
}: Told): AnsweredTurn {
  const receipt = {
    ...{ chainId: 31_337, works: bytes(1, 20), workId, version: 1 },
    ...{ operator: bytes(2, 20), holder: bytes(3, 20), channelId: someChannelId(channel) },
    ...{
      baseModelSha256: 'ab'.repeat(32),
      engineBuild: 'none',
      requestHash: bytes(4, 32),
      outputHash: bytes(5, 32),
    },
    ...{ inputBytes: 10, outputBytes: 20, inputTokens: 3, outputTokens: 4 },
    chargedAtomic: String(charged),
    cumulativeAtomic: String(cumulative),
    // Not divided: what divides it would be loaded anew by every writer that is to be killed.
    split: { creatorAtomic: '0', parentsAtomic: '0', operatorAtomic: String(charged), protocolAtomic: '0' },
    ...{ sequence: number, previousHash: bytes(number - 1, 32) },
    servedAtSeconds: atSeconds,
  }
  return {
    id: `turn-${channel}-${number}`,
    sequence: number,
    receiptHash: bytes(number, 32),
    signed: { receipt, signature: bytes(number, 65) },
    firstTokenMs: 5,
    totalMs: 9,
  }
}
