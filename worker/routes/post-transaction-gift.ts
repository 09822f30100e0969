/** POST /v1/transactions/gift: a gift of the sender’s editions. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { requireHeld } from '../trading/ordering.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute('gift', 'Prepare: give editions away', {
  body: transactionBodies.gift,
  codes: ['not_holder', 'recipient_refused', 'work_unknown'],
})

export const postTransactionGift = (app: App) =>
  app.openapi(route, async c => {
    const { from, to: recipient, workId, quantity } = c.req.valid('json')
    const settings = settingsOf(c.env)
    await requireHeld(settings, { workId, holder: from, quantity })
    const data = encodeFunctionData({
      abi: worksAbi,
      functionName: 'safeTransferFrom',
      args: [from, recipient, BigInt(workId), BigInt(quantity), '0x'],
    })
    const call = { from, to: settings.ADDRESSES.works, data, what: 'giving editions' }
    return c.json(await prepare(settings, call), 200)
  })
