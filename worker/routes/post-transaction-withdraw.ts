/** POST /v1/transactions/withdraw: what the ledger owes the sender, paid out. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute('withdraw', 'Prepare: take out what the ledger owes you', {
  body: transactionBodies.withdraw,
  codes: ['nothing_to_do', 'work_unknown', 'recipient_refused'],
})

export const postTransactionWithdraw = (app: App) =>
  app.openapi(route, async c => {
    const { from, to = from, workIds } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const gathered = workIds.map(BigInt)
    const data =
      gathered.length > 0
        ? encodeFunctionData({ abi: worksAbi, functionName: 'gatherAndWithdraw', args: [gathered, to] })
        : encodeFunctionData({ abi: worksAbi, functionName: 'withdraw', args: [to] })
    const call = { from, to: settings.ADDRESSES.works, data, what: 'withdrawing' }
    return c.json(await prepare(settings, call), 200)
  })
