/** What each event of the ledger changes in the index: the whole meaning of the chain for the edge, as a pure fold. */
import { bytes32ToHash } from '@grimoire/schema/hex'
import { termsFromChain } from '@grimoire/schema/work'
import type { Fact, FactOf } from './facts.ts'
import { type Image, keyOf, type Row, type RowName, type TableName } from './image.ts'

const ZERO = '0x0000000000000000000000000000000000000000'
const lower = (address: string) => address.toLowerCase()
const sum = (text: string, more: bigint): string => (BigInt(text) + more).toString()
const WORD_BITS = 256n

/** Where a nonce's bit stands: its word, and the word's mask with only that bit set. */
const bitOf = (nonce: bigint) => ({ wordIndex: nonce / WORD_BITS, mask: 1n << (nonce % WORD_BITS) })

const row = (table: TableName, ...parts: (string | number)[]): RowName => ({ table, key: keyOf(...parts) })

const transfersOf = (fact: FactOf<'TransferSingle'> | FactOf<'TransferBatch'>) =>
  fact.eventName === 'TransferSingle'
    ? [{ workId: fact.args.id.toString(), quantity: Number(fact.args.amount) }]
    : fact.args.ids.map((id, at) => ({
        workId: id.toString(),
        quantity: Number(fact.args.amounts[at] ?? 0n),
      }))

const operatorEvents = {
  OperatorRegistered: true,
  OperatorUpdated: true,
  SessionKeyRotated: true,
  BondChanged: true,
  UnbondingBegan: true,
  UnbondingCancelled: true,
}

/** The rows that `apply` will look at for this fact: what has to be loaded before. */
export function rowsOf(fact: Fact): RowName[] {
  switch (fact.eventName) {
    case 'AdmissionChanged':
      return [row('admissions', fact.args.workId.toString(), lower(fact.args.operator))]
    case 'ParentConfirmed':
      return [row('parents', fact.args.childId.toString(), fact.args.parentId.toString())]
    case 'TransferSingle':
    case 'TransferBatch':
      return transfersOf(fact).flatMap(({ workId }) =>
        [fact.args.from, fact.args.to].map(holder => row('holdings', lower(holder), workId)),
      )
    case 'CopyOpened':
      return [row('holdings', lower(fact.args.holder), fact.args.workId.toString())]
    case 'VersionPublished':
    case 'Minted':
    case 'Collected':
      return [row('works', fact.args.workId.toString())]
    case 'Sold': {
      const { wordIndex } = bitOf(fact.args.nonce)
      return [
        row('works', fact.args.workId.toString()),
        row('nonceWords', lower(fact.args.seller), wordIndex.toString()),
      ]
    }
    case 'ListingsCancelled':
      return [row('nonceWords', lower(fact.args.seller), fact.args.wordIndex.toString())]
    default:
      return fact.eventName in operatorEvents && 'operator' in fact.args
        ? [row('operators', lower(fact.args.operator))]
        : []
  }
}

/** Folds one fact into the image. Events that the edge has no row for are passed over. */
export function apply(image: Image, fact: Fact): void {
  switch (fact.eventName) {
    case 'WorkCreated':
      createWork(image, fact)
      break
    case 'VersionPublished':
      publishVersion(image, fact)
      break
    case 'AdmissionChanged':
      changeAdmission(image, fact)
      break
    case 'ParentConfirmed':
      confirmParent(image, fact)
      break
    case 'TransferSingle':
    case 'TransferBatch':
      transfer(image, fact)
      break
    case 'CopyOpened':
      hold(image, lower(fact.args.holder), fact.args.workId.toString(), { openedCopies: 1 })
      break
    case 'Minted':
      minted(image, fact)
      break
    case 'Sold':
      sold(image, fact)
      break
    case 'ListingsCancelled':
      spend(image, fact.args.seller, fact.args.wordIndex, fact.args.mask)
      break
    case 'Collected':
      collected(image, fact)
      break
    default:
      applyOperator(image, fact)
  }
}

function changeAdmission(image: Image, { args }: FactOf<'AdmissionChanged'>): void {
  image.put('admissions', {
    workId: args.workId.toString(),
    operator: lower(args.operator),
    admitted: args.admitted,
    effectiveAtSeconds: Number(args.effectiveAtSeconds),
  })
}

function confirmParent(image: Image, { args }: FactOf<'ParentConfirmed'>): void {
  const parent = image.get('parents', keyOf(args.childId.toString(), args.parentId.toString()))
  if (parent) image.put('parents', { ...parent, confirmed: true })
}

function createWork(image: Image, fact: FactOf<'WorkCreated'>): void {
  const { args } = fact
  const workId = args.workId.toString()
  const { priceAtomic, maxTurnFeeAtomic, ...terms } = termsFromChain(args.terms)
  image.put('works', {
    seq: fact.seq,
    workId,
    creator: lower(args.creator),
    ...terms,
    priceAtomic: Number(priceAtomic),
    maxTurnFeeAtomic: Number(maxTurnFeeAtomic),
    maxInputPerMillionBytesAtomic: Number(terms.maxInputPerMillionBytesAtomic),
    maxOutputPerMillionBytesAtomic: Number(terms.maxOutputPerMillionBytesAtomic),
    createdAtSeconds: fact.atSeconds,
    latestVersion: 1,
    contentHash: bytes32ToHash(args.contentHash),
    minted: 0,
    sales: 0,
    lastPriceAtomic: null,
    collectedAtomic: '0',
    royaltiesAtomic: '0',
  })
  for (const parent of args.parents) {
    const parentId = parent.workId.toString()
    image.put('parents', { workId, parentId, shareBps: parent.shareBps, confirmed: false })
  }
  for (const operator of args.admitted) {
    const effectiveAtSeconds = fact.atSeconds
    image.put('admissions', { workId, operator: lower(operator), admitted: true, effectiveAtSeconds })
  }
}

function publishVersion(image: Image, fact: FactOf<'VersionPublished'>): void {
  const workId = fact.args.workId.toString()
  const version = fact.args.version
  const contentHash = bytes32ToHash(fact.args.contentHash)
  image.put('versions', { workId, version, contentHash, publishedAtSeconds: fact.atSeconds })
  const work = image.get('works', workId)
  if (work && version >= work.latestVersion) {
    image.put('works', { ...work, latestVersion: version, contentHash })
  }
}

function hold(
  image: Image,
  holder: string,
  workId: string,
  change: { editions?: number; openedCopies?: number },
): void {
  if (holder === ZERO) return
  const key = keyOf(holder, workId)
  const before = image.get('holdings', key)
  const editions = (before?.editions ?? 0) + (change.editions ?? 0)
  const openedCopies = (before?.openedCopies ?? 0) + (change.openedCopies ?? 0)
  if (editions === 0 && openedCopies === 0) image.remove('holdings', key)
  else image.put('holdings', { holder, workId, editions, openedCopies })
}

function transfer(image: Image, fact: FactOf<'TransferSingle'> | FactOf<'TransferBatch'>): void {
  for (const { workId, quantity } of transfersOf(fact)) {
    hold(image, lower(fact.args.from), workId, { editions: -quantity })
    hold(image, lower(fact.args.to), workId, { editions: quantity })
  }
}

function bought(
  image: Image,
  trade: Row<'trades'>,
  change: (work: Row<'works'>) => Partial<Row<'works'>>,
): void {
  image.put('trades', trade)
  const work = image.get('works', trade.workId)
  if (!work) return
  const lastPriceAtomic = (BigInt(trade.priceAtomic) / BigInt(Math.max(1, trade.quantity))).toString()
  image.put('works', { ...work, sales: work.sales + 1, lastPriceAtomic, ...change(work) })
}

function minted(image: Image, fact: FactOf<'Minted'>): void {
  const workId = fact.args.workId.toString()
  const quantity = Number(fact.args.quantity)
  const trade: Row<'trades'> = {
    seq: fact.seq,
    kind: 'mint',
    workId,
    seller: image.get('works', workId)?.creator ?? ZERO,
    recipient: lower(fact.args.recipient),
    quantity,
    priceAtomic: fact.args.costAtomic.toString(),
    royaltyAtomic: '0',
    feeAtomic: '0',
    atSeconds: fact.atSeconds,
    transaction: fact.transaction,
  }
  bought(image, trade, work => ({ minted: work.minted + quantity }))
}

function sold(image: Image, fact: FactOf<'Sold'>): void {
  const { args } = fact
  const trade: Row<'trades'> = {
    seq: fact.seq,
    kind: 'sale',
    workId: args.workId.toString(),
    seller: lower(args.seller),
    recipient: lower(args.recipient),
    quantity: Number(args.quantity),
    priceAtomic: args.priceAtomic.toString(),
    royaltyAtomic: args.royaltyAtomic.toString(),
    feeAtomic: args.feeAtomic.toString(),
    atSeconds: fact.atSeconds,
    transaction: fact.transaction,
  }
  bought(image, trade, work => ({ royaltiesAtomic: sum(work.royaltiesAtomic, args.royaltyAtomic) }))
  const { wordIndex, mask } = bitOf(args.nonce)
  spend(image, args.seller, wordIndex, mask)
}

function spend(image: Image, sellerAddress: string, wordIndex: bigint, more: bigint): void {
  const seller = lower(sellerAddress)
  const before = image.get('nonceWords', keyOf(seller, wordIndex.toString()))
  const mask = (BigInt(`0x${before?.mask ?? '0'}`) | more).toString(16).padStart(64, '0')
  image.put('nonceWords', { seller, wordIndex: wordIndex.toString(), mask })
}

function collected(image: Image, fact: FactOf<'Collected'>): void {
  const { args } = fact
  const workId = args.workId.toString()
  image.put('collections', {
    seq: fact.seq,
    workId,
    operator: lower(args.operator),
    amountAtomic: args.amountAtomic.toString(),
    creatorAtomic: args.creatorAtomic.toString(),
    parentsAtomic: args.parentsAtomic.toString(),
    operatorAtomic: args.operatorAtomic.toString(),
    protocolAtomic: args.protocolAtomic.toString(),
    atSeconds: fact.atSeconds,
    transaction: fact.transaction,
  })
  const work = image.get('works', workId)
  if (!work) return
  image.put('works', {
    ...work,
    collectedAtomic: sum(work.collectedAtomic, args.amountAtomic),
    royaltiesAtomic: sum(work.royaltiesAtomic, args.creatorAtomic),
  })
}

/** Registering anew replaces the row: keys, prices and the beginning are the new ones, the bond follows in its own event. */
function applyOperator(image: Image, fact: Fact): void {
  if (fact.eventName === 'OperatorRegistered' || fact.eventName === 'OperatorUpdated') {
    const { operator, endpoint, sessionKey, paymentKey, prices } = fact.args
    const before = image.get('operators', lower(operator))
    const kept = fact.eventName === 'OperatorUpdated' ? before : undefined
    image.put('operators', {
      operator: lower(operator),
      endpoint,
      sessionKey,
      paymentKey: lower(paymentKey),
      ...prices,
      bondAtomic: before?.bondAtomic ?? '0',
      freeAtSeconds: kept?.freeAtSeconds ?? null,
      registeredAtSeconds: kept?.registeredAtSeconds ?? fact.atSeconds,
    })
    return
  }
  const change = operatorChange(fact)
  const before = change && image.get('operators', change.operator)
  if (before) image.put('operators', { ...before, ...change })
}

function operatorChange(fact: Fact): (Partial<Row<'operators'>> & { operator: string }) | null {
  switch (fact.eventName) {
    case 'SessionKeyRotated':
      return { operator: lower(fact.args.operator), sessionKey: fact.args.sessionKey }
    case 'BondChanged':
      return { operator: lower(fact.args.operator), bondAtomic: fact.args.bondAtomic.toString() }
    case 'UnbondingBegan':
      return { operator: lower(fact.args.operator), freeAtSeconds: Number(fact.args.freeAtSeconds) }
    case 'UnbondingCancelled':
      return { operator: lower(fact.args.operator), freeAtSeconds: null }
    default:
      return null
  }
}
