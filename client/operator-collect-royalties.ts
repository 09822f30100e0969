/** Moving what was claimed to where it is owed: settlement pays the splitter, the ledger credits everyone's share. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { splitterAddress } from '@grimoire/contracts/splitter'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData, parseEventLogs } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export type Collected = {
  splitter: Hex
  amountAtomic: bigint
  creatorAtomic: bigint
  parentsAtomic: bigint
  operatorAtomic: bigint
  protocolAtomic: bigint
  /** What still lies in the splitter: nothing, or one resting unit. */
  restingAtomic: bigint
  settlement: Sent | null
  collection: Sent | null
}

const NOTHING = {
  amountAtomic: 0n,
  creatorAtomic: 0n,
  parentsAtomic: 0n,
  operatorAtomic: 0n,
  protocolAtomic: 0n,
}

/** What vouchers have been claimed for this payee and not paid out yet. */
async function unsettled({ publicClient, addresses }: Ledger, splitter: Hex): Promise<bigint> {
  const [claimed, settled] = await publicClient.readContract({
    address: addresses.settlement,
    abi: settlementAbi,
    functionName: 'receivers',
    args: [splitter, addresses.money],
  })
  return claimed - settled
}

const balanceOf = ({ publicClient, addresses }: Ledger, account: Hex): Promise<bigint> =>
  publicClient.readContract({
    address: addresses.money,
    abi: moneyAbi,
    functionName: 'balanceOf',
    args: [account],
  })

async function settle(ledger: Ledger, wallet: Wallet, splitter: Hex): Promise<Sent | null> {
  if ((await unsettled(ledger, splitter)) === 0n) return null
  const args = [splitter, ledger.addresses.money] as const
  return sendCall(ledger, {
    wallet,
    to: ledger.addresses.settlement,
    data: encodeFunctionData({ abi: settlementAbi, functionName: 'settle', args }),
    what: 'settling claimed vouchers',
  })
}

/** What collecting would divide now: vouchers that were claimed for the splitter, and what lies in it above its resting unit. */
export async function royaltiesDue(
  ledger: Ledger,
  { workId, operator }: { workId: string; operator: Hex },
): Promise<bigint> {
  const splitter = splitterAddress(ledger.addresses.works, BigInt(workId), operator)
  const [claimed, held] = await Promise.all([unsettled(ledger, splitter), balanceOf(ledger, splitter)]).catch(
    error => {
      throw ledgerProblem(error, 'reading what is to be collected')
    },
  )
  const above = claimed + held - 1n
  return above > 0n ? above : 0n
}

/** Anyone may call it, and anyone may pay its gas: the shares go where the work's terms say. It does only what is due. */
export async function collectRoyalties(
  ledger: Ledger,
  { wallet, workId, operator }: { wallet: Wallet; workId: string; operator: Hex },
): Promise<Collected> {
  const { addresses } = ledger
  const id = BigInt(workId)
  try {
    const splitter = splitterAddress(addresses.works, id, operator)
    const settlement = await settle(ledger, wallet, splitter)
    // One unit rests in the splitter for good; there is nothing to collect but what lies above it.
    const due = (await balanceOf(ledger, splitter)) > 1n
    const collection = due
      ? await sendCall(ledger, {
          wallet,
          to: addresses.works,
          data: encodeFunctionData({ abi: worksAbi, functionName: 'collect', args: [id, operator] }),
          what: 'collecting royalties',
        })
      : null
    const [event] = parseEventLogs({
      abi: worksAbi,
      eventName: 'Collected',
      logs: collection?.logs ?? [],
    })
    const shares = event ? event.args : NOTHING
    const { amountAtomic, creatorAtomic, parentsAtomic, operatorAtomic, protocolAtomic } = shares
    const parts = { amountAtomic, creatorAtomic, parentsAtomic, operatorAtomic, protocolAtomic }
    return { splitter, ...parts, restingAtomic: await balanceOf(ledger, splitter), settlement, collection }
  } catch (error) {
    throw ledgerProblem(error, 'collecting royalties')
  }
}
