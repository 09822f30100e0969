/** POST /v1/transactions/cancel: the end of the sender’s listings and offers with some nonces. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute('cancel', 'Prepare: take back listings and offers with these nonces', {
  body: transactionBodies.cancel,
  codes: [],
})

export const postTransactionCancel = (app: App) =>
  app.openapi(route, async c => {
    const { from, nonces } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const data = encodeFunctionData({ abi: worksAbi, functionName: 'cancel', args: [nonces.map(BigInt)] })
    const call = { from, to: settings.ADDRESSES.works, data, what: 'cancelling orders' }
    return c.json(await prepare(settings, call), 200)
  })
