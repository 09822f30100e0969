/** The sale of a purchase on the ledger, where no signed payment names it: found by its event, whoever sent its transaction. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { type Log, parseEventLogs } from 'viem'
import { type BlockRange, findSince } from './block-ranges.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import type { PurchaseKept } from './purchase-kept.ts'
import { pause } from './transport.ts'

/** How long whoever comes back waits for what an account's own way of sending has in hand. */
const SALE_PATIENCE_MS = 60_000

/** The same thing, as many, for the same sum. */
const alike = ({ addresses }: Ledger, kept: PurchaseKept, logs: Log[]) =>
  parseEventLogs({ abi: worksAbi, eventName: ['Sold', 'Minted'], logs }).filter(
    ({ address, args, eventName }) =>
      sameAddress(address, addresses.works) &&
      eventName === (kept.listing ? 'Sold' : 'Minted') &&
      String(args.workId) === kept.workId &&
      sameAddress(args.recipient, kept.recipient) &&
      String(args.costAtomic) === kept.costAtomic &&
      Number(args.quantity) === kept.quantity,
  )

/** Of a transaction that an account asked for: it made the purchase, with the buyer’s own money. */
export function isSaleIn(ledger: Ledger, kept: PurchaseKept, logs: Log[]): boolean {
  if (alike(ledger, kept, logs).length === 0) return false
  if (BigInt(kept.costAtomic) === 0n) return true
  const moved = parseEventLogs({ abi: moneyAbi, eventName: 'Transfer', logs })
  return moved.some(
    ({ address, args }) => sameAddress(address, ledger.addresses.money) && sameAddress(args.from, kept.buyer),
  )
}

/** An account with code has its transactions sent by whoever it lets: their number, and often their hash, is not what it was told. */
export async function isSentByOthers({ publicClient }: Ledger, { buyer }: PurchaseKept): Promise<boolean> {
  return (await publicClient.getCode({ address: buyer })) !== undefined
}

async function isOurs(ledger: Ledger, kept: PurchaseKept, hash: Hex): Promise<boolean> {
  const { publicClient } = ledger
  const { logs } = await publicClient.getTransactionReceipt({ hash })
  if (!isSaleIn(ledger, kept, logs)) return false
  // A batch may be sent by whoever the wallet has pay for it.
  if (kept.accountNonce === undefined) return true
  const { from, nonce } = await publicClient.getTransaction({ hash })
  return sameAddress(from, kept.buyer) ? nonce === kept.accountNonce : isSentByOthers(ledger, kept)
}

/** The transaction that made it: same buyer, same thing, same sum, since the purchase was begun. */
export async function soldBy(ledger: Ledger, kept: PurchaseKept): Promise<Hex | null> {
  const { publicClient, addresses } = ledger
  const look = async (range: BlockRange) => {
    const logs = await publicClient.getContractEvents({
      ...{ address: addresses.works, abi: worksAbi, eventName: kept.listing ? 'Sold' : 'Minted' },
      args: { workId: BigInt(kept.workId), recipient: kept.recipient },
      ...range,
    })
    for (const { transactionHash: hash } of alike(ledger, kept, logs)) {
      if (await isOurs(ledger, kept, hash)) return hash
    }
    return null
  }
  return findSince(ledger, BigInt(kept.sinceBlock), look).catch(error => {
    throw ledgerProblem(error, 'looking for a purchase')
  })
}

/** Until it is there, or has been long in coming. */
export async function awaitSale(ledger: Ledger, kept: PurchaseKept): Promise<void> {
  const deadline = Date.now() + SALE_PATIENCE_MS
  while ((await soldBy(ledger, kept)) === null && Date.now() < deadline)
    await pause(ledger.publicClient.pollingInterval)
}
