/** An operator's view: the bond, the price card, what the node serves, and what the ledger owes for answers. */
import { owedTo } from '@grimoire/client/credits'
import { readOperator } from '@grimoire/client/operator-read'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'
import { formatMoney } from '@grimoire/schema/amounts'
import { nodeHealth } from '@grimoire/schema/node'
import { Problem } from '@grimoire/schema/problem'
import { people } from './accounts.ts'
import type { Visit } from './visit.ts'

export async function visitOperator({ market, nodeUrl, walletOf, say }: Visit): Promise<void> {
  const operator = await readOperator(market, { operator: people.olga.address })
  if (!operator)
    throw new Problem('not_bonded', { got: people.olga.address, expected: 'a registered operator' })
  const health = nodeHealth.parse(await (await fetch(`${nodeUrl}/health`)).json())
  const { turnFeeAtomic, outputPerMillionBytesAtomic } = operator.prices
  say(
    `Olga's node at ${operator.endpoint}: ${operator.active ? 'bonded' : 'not active'}, bond $${formatMoney(BigInt(operator.bondAtomic))}`,
  )
  say(
    `  llama.cpp ${health.llamaRelease}, ${health.base.name}, ${health.gpu || 'CPU'}, ${health.openWorks} works open in memory`,
  )
  say(
    `  asks $${formatMoney(BigInt(turnFeeAtomic))} a turn and $${formatMoney(BigInt(outputPerMillionBytesAtomic))} for a million bytes delivered`,
  )
  const { owedAtomic } = await owedTo(market, { account: people.olga.address })
  say(`  the ledger owes her $${formatMoney(owedAtomic)}; the node claims vouchers every minute`)
  const taken = await withdrawCredit(market, { wallet: walletOf(people.olga) })
  if (taken) say(`  withdrawn: $${formatMoney(taken.amountAtomic)}, ${taken.transaction.hash}`)
}
