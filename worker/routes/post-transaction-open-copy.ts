/** POST /v1/transactions/open-copy: an opened copy for one of the sender’s editions. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute(
  'open-copy',
  'Prepare: open a copy of an openable work, which burns an edition',
  { body: transactionBodies.openCopy, codes: ['work_unknown', 'not_holder', 'not_openable'] },
)

export const postTransactionOpenCopy = (app: App) =>
  app.openapi(route, async c => {
    const { from, workId } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const data = encodeFunctionData({ abi: worksAbi, functionName: 'openCopy', args: [BigInt(workId)] })
    const call = { from, to: settings.ADDRESSES.works, data, what: 'opening a copy' }
    return c.json(await prepare(settings, call), 200)
  })
