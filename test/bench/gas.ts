/** Gas of each step of the path, from the receipts of real transactions: base cost and calldata included. */
import { buyListing } from '@grimoire/client/buy-listing'
import { buyWork } from '@grimoire/client/buy-work'
import { signListing } from '@grimoire/client/list-edition'
import { openCopy } from '@grimoire/client/open-copy'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'
import { people } from '@grimoire/devnet/accounts'
import { publishSeed, seedNamed } from '@grimoire/devnet/seeds'
import { parseMoney } from '@grimoire/schema/amounts'
import { type Row, row } from './row.ts'
import type { Stage } from './stage.ts'

export async function benchGas({ devnet, published, bought, wallet }: Stage): Promise<Row[]> {
  const { market, walletOf, operator, base, chain } = devnet
  const prompt = await publishSeed(market, {
    wallet: walletOf(people.ada),
    seed: seedNamed('slogan-smith'),
    base,
    admitted: [operator.address],
  })
  const copy = await buyWork(market, { wallet, workId: prompt.workId, maxCostAtomic: parseMoney('5') })
  const opened = await openCopy(market, { wallet, workId: prompt.workId })
  const priceAtomic = parseMoney('20')
  const signed = await signListing(market, { wallet, workId: published.workId, priceAtomic })
  const sale = await buyListing(market, {
    ...signed,
    wallet: walletOf(people.dan),
    maxCostAtomic: priceAtomic,
  })
  const { transactions } = await devnet.claim()
  const claims = await Promise.all(
    transactions.map(hash => chain.publicClient.getTransactionReceipt({ hash })),
  )
  const withdrawn = await withdrawCredit(market, { wallet: walletOf(people.ada) })
  const steps: [string, bigint | undefined][] = [
    ['create a work', published.transaction.gasUsed],
    ['first sale, by authorization', bought.transaction.gasUsed],
    ['another first sale, by authorization', copy.transaction.gasUsed],
    ['open a copy', opened.transaction?.gasUsed],
    ['resale, by authorization', sale.transaction.gasUsed],
    ...claims.map(({ gasUsed }, index): [string, bigint] => [
      ['claim', 'settle', 'collect'][index] ?? 'claim',
      gasUsed,
    ]),
    ['withdraw credit', withdrawn?.transaction.gasUsed],
  ]
  return steps.flatMap(([name, gas]) => (gas === undefined ? [] : [row(name, 'gas', Number(gas))]))
}
