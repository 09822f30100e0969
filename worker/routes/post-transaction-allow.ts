/** POST /v1/transactions/allow: the leave for the ledger to take a sum of the sender’s money. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute('allow', 'Prepare: let the ledger take a sum of your money', {
  body: transactionBodies.allow,
  codes: [],
})

export const postTransactionAllow = (app: App) =>
  app.openapi(route, async c => {
    const { from, amountAtomic } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const { money: to, works } = settings.ADDRESSES
    const args = [works, BigInt(amountAtomic)] as const
    const data = encodeFunctionData({ abi: moneyAbi, functionName: 'approve', args })
    return c.json(await prepare(settings, { from, to, data, what: 'allowing a payment' }), 200)
  })
