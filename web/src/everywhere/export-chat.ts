/** Taking the paid line to a work out of this page, whole, as one file for a gateway. */
import { findOperators } from '@grimoire/client/find-operators'
import { exportForGateway } from '@grimoire/client/gateway/bundle'
import type { Market } from '@grimoire/client/market'
import type { Wallet } from '@grimoire/client/wallet'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { ledgerName } from '../chain/ledger-name.ts'
import { purseOf } from '../chat/purse.ts'
import { fileNameOf } from '../device/save-file.ts'
import { openVault, within } from '../device/vault.ts'

type Exported = Awaited<ReturnType<typeof exportForGateway>>

/** The first machine, in the order of the directory, with which something is set aside here. One signature. */
async function firstFilled(market: Market, choice: { wallet: Wallet; workId: string }): Promise<Exported> {
  const store = purseOf(within(await openVault(), `${await ledgerName()}:`))
  let refusal: unknown = new Problem('no_operator', { got: choice.workId })
  for (const { operator } of await findOperators(market, choice)) {
    try {
      return await exportForGateway(market, { ...choice, store, operator })
    } catch (error) {
      if (isProblem(error, 'wallet_refused')) throw error
      refusal = error
    }
  }
  throw refusal
}

export type TakenAlong = { name: string; text: string }

/** `save` is called before this page lets go of the channel: its key is in the file, and no longer here. */
export async function exportChat(
  market: Market,
  {
    title,
    save,
    ...choice
  }: { wallet: Wallet; workId: string; title: string; save: (file: TakenAlong) => void },
): Promise<TakenAlong> {
  const { bundle, release } = await firstFilled(market, choice)
  const file = {
    name: `${fileNameOf(title.toLowerCase(), 'work')}.gateway.json`,
    text: JSON.stringify(bundle, null, 2),
  }
  save(file)
  await release()
  return file
}
