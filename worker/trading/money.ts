/** The money as payers meet it: its signing domain, what an account holds and allows, and a payment for one exact purchase. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { authorizationTypedData, type MoneyDomain, type Validity } from '@grimoire/schema/money'
import { Problem } from '@grimoire/schema/problem'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'

/** How long a signed payment may wait for its block. */
export const AUTHORIZATION_SECONDS = 3_600

/** Read from the token itself. One without `version()` uses EIP-712's usual first version. */
export async function moneyDomain(settings: Settings): Promise<MoneyDomain> {
  const { chainId, money } = settings.ADDRESSES
  const chain = chainOf(settings)
  const [name, version] = await asking(
    Promise.all([
      chain.readContract({ address: money, abi: moneyAbi, functionName: 'name' }),
      chain.readContract({ address: money, abi: moneyAbi, functionName: 'version' }).catch(() => '1'),
    ]),
  )
  return { name, version, chainId, verifyingContract: money }
}

async function balanceOf(settings: Settings, account: Hex): Promise<bigint> {
  const money = { address: settings.ADDRESSES.money, abi: moneyAbi } as const
  return asking(chainOf(settings).readContract({ ...money, functionName: 'balanceOf', args: [account] }))
}

export async function requireMoney(settings: Settings, account: Hex, costAtomic: bigint): Promise<void> {
  const held = await balanceOf(settings, account)
  if (held < costAtomic) throw new Problem('funds_missing', { got: held, expected: `at least ${costAtomic}` })
}

/** What an account holds, and lets the ledger take. */
export async function requireAllowance(settings: Settings, from: Hex, costAtomic: bigint): Promise<void> {
  await requireMoney(settings, from, costAtomic)
  const { money, works } = settings.ADDRESSES
  const read = { address: money, abi: moneyAbi, functionName: 'allowance', args: [from, works] } as const
  const allowed = await asking(chainOf(settings).readContract(read))
  if (allowed < costAtomic)
    throw new Problem('allowance_missing', { got: allowed, expected: `at least ${costAtomic}` })
}

/** The message that pays the ledger exactly this sum for what the nonce names. */
export async function paymentTypedData(
  settings: Settings,
  payment: Validity & { from: Hex; costAtomic: bigint; nonce: Hex },
) {
  const { costAtomic: value, ...rest } = payment
  return authorizationTypedData(await moneyDomain(settings), {
    ...rest,
    to: settings.ADDRESSES.works,
    value,
  })
}
