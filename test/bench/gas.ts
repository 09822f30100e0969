/** Gas of each step of the path, from the receipts of real transactions: base cost and calldata included. */
import { buyListing } from '@grimoire/client/buy-listing'
import { buyWork } from '@grimoire/client/buy-work'
import { signListing } from '@grimoire/client/list-edition'
import { openCopy } from '@grimoire/client/open-copy'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { people } from '@grimoire/devnet/accounts'
import { publishSeed, seedNamed } from '@grimoire/devnet/seeds'
import { parseMoney } from '@grimoire/schema/amounts'
import { type Row, row } from './row.ts'
import type { Stage } from './stage.ts'

/** What happened before the measurement began is read from the chain: who emitted the event paid this gas. */
async function gasOfFirst({ devnet: { chain, addresses } }: Stage, kind: 'deposit' | 'registration') {
  const fromBlock = BigInt(addresses.deployedAtBlock)
  const [event] =
    kind === 'deposit'
      ? await chain.publicClient.getContractEvents({
          ...{ address: addresses.settlement, abi: settlementAbi, eventName: 'Deposited', fromBlock },
        })
      : await chain.publicClient.getContractEvents({
          ...{ address: addresses.operators, abi: operatorsAbi, eventName: 'OperatorRegistered', fromBlock },
        })
  if (!event) return undefined
  return (await chain.publicClient.getTransactionReceipt({ hash: event.transactionHash })).gasUsed
}

export async function benchGas(stage: Stage): Promise<Row[]> {
  const { devnet, published, bought, wallet } = stage
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
    ['register an operator with its bond', await gasOfFirst(stage, 'registration')],
    ['create a work', published.transaction.gasUsed],
    ['first sale, by authorization', bought.transaction.gasUsed],
    ['another first sale, by authorization', copy.transaction.gasUsed],
    ['open a copy', opened.transaction?.gasUsed],
    ['resale, by authorization', sale.transaction.gasUsed],
    ['open a channel by its first deposit', await gasOfFirst(stage, 'deposit')],
    ...claims.map(({ gasUsed }, index): [string, bigint] => [
      ['claim', 'settle', 'collect'][index] ?? 'claim',
      gasUsed,
    ]),
    ['gather and withdraw credit', withdrawn?.transaction.gasUsed],
  ]
  return steps.flatMap(([name, gas]) => (gas === undefined ? [] : [row(name, 'gas', Number(gas))]))
}
