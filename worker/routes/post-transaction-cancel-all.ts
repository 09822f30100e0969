/** POST /v1/transactions/cancel-all: the end of everything that the sender ever signed. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute('cancel-all', 'Prepare: take back every listing and offer', {
  body: transactionBodies.cancelAll,
  codes: [],
})

export const postTransactionCancelAll = (app: App) =>
  app.openapi(route, async c => {
    const { from } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const data = encodeFunctionData({ abi: worksAbi, functionName: 'cancelAll' })
    const call = { from, to: settings.ADDRESSES.works, data, what: 'cancelling every order' }
    return c.json(await prepare(settings, call), 200)
  })
