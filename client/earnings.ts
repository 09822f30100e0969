/** What an account has earned on the ledger, payment by payment: sales, royalties, answers, fees, refused proceeds. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { type BlockRange, readSince } from './block-ranges.ts'
import { isTreasury, owedTo, worksOf } from './credits.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

/**
 * `sale`: first sales; `royalty`: resales; `answers`: chats with one's works; `parent`: with works that derive from
 * them; `serving`: answers that one's node gave; `fee`: the protocol's share; `proceeds`: of one's own resale, where the
 * money refused to be paid out and was credited.
 */
export type EarningKind = 'sale' | 'royalty' | 'answers' | 'parent' | 'serving' | 'fee' | 'proceeds'

export type Earning = {
  kind: EarningKind
  workId: string
  amountAtomic: bigint
  transactionHash: Hex
  blockNumber: bigint
}

type Place = { transactionHash: Hex; blockNumber: bigint; logIndex: number }
type Row = Earning & { logIndex: number }

const rowOf = (kind: EarningKind, workId: bigint, amountAtomic: bigint, place: Place): Row => {
  const { transactionHash, blockNumber, logIndex } = place
  return { kind, workId: String(workId), amountAtomic, transactionHash, blockNumber, logIndex }
}

type Span = { ledger: Ledger; range: BlockRange }

const source = ({ ledger, range }: Span) =>
  ({ address: ledger.addresses.works, abi: worksAbi, strict: true, ...range }) as const

/** What payments for these works brought their creator; every work's without a list, then the protocol's part of each. */
async function fromWorks(span: Span, workIds: bigint[] | null): Promise<Row[]> {
  // An empty list of topics would match everything.
  if (workIds?.length === 0) return []
  const { publicClient } = span.ledger
  const args = workIds === null ? {} : { workId: workIds }
  const at = source(span)
  const [minted, sold, accepted, collected, parents] = await Promise.all([
    publicClient.getContractEvents({ ...at, eventName: 'Minted', args }),
    publicClient.getContractEvents({ ...at, eventName: 'Sold', args }),
    publicClient.getContractEvents({ ...at, eventName: 'OfferAccepted', args }),
    publicClient.getContractEvents({ ...at, eventName: 'Collected', args }),
    workIds === null
      ? []
      : publicClient.getContractEvents({ ...at, eventName: 'ParentPaid', args: { parentId: workIds } }),
  ])
  const sales = [...minted, ...sold, ...accepted]
  if (workIds === null)
    return [
      ...sales.map(log => rowOf('fee', log.args.workId, log.args.feeAtomic, log)),
      ...collected.map(log => rowOf('fee', log.args.workId, log.args.protocolAtomic, log)),
    ]
  return [
    ...minted.map(log => rowOf('sale', log.args.workId, log.args.costAtomic - log.args.feeAtomic, log)),
    ...[...sold, ...accepted].map(log => rowOf('royalty', log.args.workId, log.args.royaltyAtomic, log)),
    ...collected.map(log => rowOf('answers', log.args.workId, log.args.creatorAtomic, log)),
    ...parents.map(log => rowOf('parent', log.args.parentId, log.args.amountAtomic, log)),
  ]
}

async function fromServing(span: Span, operator: Hex): Promise<Row[]> {
  const call = { ...source(span), eventName: 'Collected', args: { operator } } as const
  const collected = await span.ledger.publicClient.getContractEvents(call)
  return collected.map(log => rowOf('serving', log.args.workId, log.args.operatorAtomic, log))
}

/** Proceeds are paid out at once; a credit of the very sum in the very transaction says that the money refused. */
async function fromRefusals(span: Span, seller: Hex): Promise<Row[]> {
  const { publicClient } = span.ledger
  const at = source(span)
  const [credited, sold, accepted] = await Promise.all([
    publicClient.getContractEvents({ ...at, eventName: 'Credited', args: { account: seller } }),
    publicClient.getContractEvents({ ...at, eventName: 'Sold', args: { seller } }),
    publicClient.getContractEvents({ ...at, eventName: 'OfferAccepted', args: { seller } }),
  ])
  const proceeds = new Set(
    [...sold, ...accepted].map(
      ({ transactionHash, args }) =>
        `${transactionHash} ${args.costAtomic - args.royaltyAtomic - args.feeAtomic}`,
    ),
  )
  return credited
    .filter(({ transactionHash, args }) => proceeds.has(`${transactionHash} ${args.amountAtomic}`))
    .map(log => rowOf('proceeds', log.args.workId, log.args.amountAtomic, log))
}

/** What is owed now, and every payment that the account had a share in since a block (the deployment without one). */
export async function earnings(ledger: Ledger, { account, fromBlock }: { account: Hex; fromBlock?: bigint }) {
  const since = fromBlock ?? BigInt(ledger.addresses.deployedAtBlock)
  try {
    const [own, forTreasury] = await Promise.all([
      worksOf(ledger, { creator: account }),
      isTreasury(ledger, account),
    ])
    const found = await readSince(ledger, since, async range => {
      const span = { ledger, range }
      const parts = await Promise.all([
        fromWorks(span, own),
        forTreasury ? fromWorks(span, null) : [],
        fromServing(span, account),
        fromRefusals(span, account),
      ])
      return parts.flat()
    })
    const rows: Earning[] = found
      .filter(({ amountAtomic }) => amountAtomic > 0n)
      .sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex)
      .map(({ logIndex: _, ...earning }) => earning)
    const totalAtomic = rows.reduce((sum, row) => sum + row.amountAtomic, 0n)
    return { ...(await owedTo(ledger, { account })), earnings: rows, totalAtomic }
  } catch (error) {
    throw ledgerProblem(error, 'reading the earnings')
  }
}
