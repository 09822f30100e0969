/** What each event of the ledger changes in the index: the whole meaning of the chain for the edge, as a pure fold. */
import { bytes32ToHash } from '@grimoire/schema/hex'
import { termsFromChain } from '@grimoire/schema/work'
import { zeroAddress } from 'viem'
import type { Fact, FactOf } from './facts.ts'
import { moveEditions, openCopy, publishLater } from './fold-acts.ts'
import { countHolder } from './fold-holders.ts'
import { applyTrade } from './fold-trades.ts'
import { type Image, keyOf, type Row, type RowName, type TableName } from './image.ts'
import { transfersOf } from './transfers.ts'

/** The row of `totals` that counts works. */
const WORKS = 'works'
const lower = (address: string) => address.toLowerCase()
const row = (table: TableName, ...parts: (string | number)[]): RowName => ({ table, key: keyOf(...parts) })

const operatorEvents = {
  OperatorRegistered: true,
  OperatorUpdated: true,
  SessionKeyRotated: true,
  BondChanged: true,
  UnbondingBegan: true,
  UnbondingCancelled: true,
}

const holderRows = (...accounts: readonly string[]): RowName[] =>
  accounts.map(account => row('holders', lower(account)))

const orderRows = (maker: string, nonces: readonly bigint[]): RowName[] => [
  row('makers', lower(maker)),
  ...nonces.map(nonce => row('nonces', lower(maker), nonce.toString())),
]

/** The rows that `apply` will look at for this fact: what has to be loaded before. */
export function rowsOf(fact: Fact): RowName[] {
  switch (fact.eventName) {
    case 'WorkCreated':
      return [row('totals', WORKS)]
    case 'AdmissionChanged':
    case 'AdmissionAccepted':
      return [row('admissions', fact.args.workId.toString(), lower(fact.args.operator))]
    case 'ParentConfirmed':
      return [row('parents', fact.args.childId.toString(), fact.args.parentId.toString())]
    case 'TransferSingle':
    case 'TransferBatch':
      return [
        ...holderRows(fact.args.from, fact.args.to),
        ...transfersOf(fact).flatMap(({ workId }) =>
          [fact.args.from, fact.args.to].map(holder => row('holdings', lower(holder), workId)),
        ),
      ]
    case 'CopyOpened': {
      const { holder, workId } = fact.args
      return [row('holdings', lower(holder), workId.toString()), ...holderRows(holder)]
    }
    case 'VersionPublished':
    case 'Collected':
      return [row('works', fact.args.workId.toString())]
    case 'Minted':
      return [row('works', fact.args.workId.toString()), ...holderRows(fact.args.recipient)]
    case 'ParentPaid':
      return [row('works', fact.args.parentId.toString())]
    case 'Sold':
      return [
        row('works', fact.args.workId.toString()),
        ...orderRows(fact.args.seller, [fact.args.nonce]),
        ...holderRows(fact.args.seller, fact.args.recipient),
      ]
    case 'OfferAccepted':
      return [
        row('works', fact.args.workId.toString()),
        ...orderRows(fact.args.buyer, [fact.args.nonce]),
        ...holderRows(fact.args.seller, fact.args.buyer),
      ]
    case 'OrdersCancelled':
      return orderRows(fact.args.maker, fact.args.nonces)
    case 'CounterRaised':
      return orderRows(fact.args.maker, [])
    case 'FeeAdopted':
      return [row('fees', fact.args.workId.toString())]
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
    case 'AdmissionAccepted':
      acceptAdmission(image, fact)
      break
    case 'ParentConfirmed':
      confirmParent(image, fact)
      break
    case 'TransferSingle':
    case 'TransferBatch':
      transfer(image, fact)
      break
    case 'CopyOpened':
      openCopy(image, fact)
      hold(
        image,
        fact,
        { holder: lower(fact.args.holder), workId: fact.args.workId.toString() },
        { openedCopies: 1 },
      )
      break
    default:
      applyTrade(image, fact)
      applyOperator(image, fact)
  }
}

/** What an operator undertook outlasts its removal and holds again when it is admitted anew. */
function changeAdmission(image: Image, { args }: FactOf<'AdmissionChanged'>): void {
  const [workId, operator] = [args.workId.toString(), lower(args.operator)]
  const before = image.get('admissions', keyOf(workId, operator))
  image.put('admissions', {
    workId,
    operator,
    admitted: args.admitted,
    effectiveAtSeconds: Number(args.effectiveAtSeconds),
    acceptedAtSeconds: before?.acceptedAtSeconds ?? null,
  })
}

function acceptAdmission(image: Image, { args, atSeconds }: FactOf<'AdmissionAccepted'>): void {
  const before = image.get('admissions', keyOf(args.workId.toString(), lower(args.operator)))
  if (before) image.put('admissions', { ...before, acceptedAtSeconds: args.accepted ? atSeconds : null })
}

function confirmParent(image: Image, { args }: FactOf<'ParentConfirmed'>): void {
  const parent = image.get('parents', keyOf(args.childId.toString(), args.parentId.toString()))
  if (parent) image.put('parents', { ...parent, confirmed: true })
}

function createWork(image: Image, fact: FactOf<'WorkCreated'>): void {
  const { args } = fact
  const workId = args.workId.toString()
  const { priceAtomic, maxTurnFeeAtomic, ...terms } = termsFromChain(args.terms)
  const ordinal = (image.get('totals', WORKS)?.value ?? 0) + 1
  image.put('totals', { name: WORKS, value: ordinal })
  image.put('works', {
    seq: fact.seq,
    ordinal,
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
    warmUntilSeconds: 0,
  })
  for (const parent of args.parents) {
    const parentId = parent.workId.toString()
    image.put('parents', { workId, parentId, shareBps: parent.shareBps, confirmed: false })
  }
  for (const operator of args.admitted) {
    image.put('admissions', {
      workId,
      operator: lower(operator),
      admitted: true,
      effectiveAtSeconds: fact.atSeconds,
      acceptedAtSeconds: null,
    })
  }
}

function publishVersion(image: Image, fact: FactOf<'VersionPublished'>): void {
  const workId = fact.args.workId.toString()
  const version = fact.args.version
  const contentHash = bytes32ToHash(fact.args.contentHash)
  image.put('versions', { workId, version, contentHash, publishedAtSeconds: fact.atSeconds })
  const work = image.get('works', workId)
  if (work && version > 1) publishLater(image, fact, work.creator)
  if (work && version >= work.latestVersion) {
    image.put('works', { ...work, latestVersion: version, contentHash })
  }
}

function hold(
  image: Image,
  { atSeconds }: Fact,
  { holder, workId }: { holder: string; workId: string },
  change: { editions?: number; openedCopies?: number },
): void {
  if (holder === zeroAddress) return
  const key = keyOf(holder, workId)
  const before = image.get('holdings', key)
  const editions = (before?.editions ?? 0) + (change.editions ?? 0)
  const openedCopies = (before?.openedCopies ?? 0) + (change.openedCopies ?? 0)
  const works = Number(editions > 0 || openedCopies > 0) - Number(before !== undefined)
  countHolder(image, holder, atSeconds, { ...change, works })
  if (editions === 0 && openedCopies === 0) image.remove('holdings', key)
  else image.put('holdings', { holder, workId, editions, openedCopies })
}

function transfer(image: Image, fact: FactOf<'TransferSingle'> | FactOf<'TransferBatch'>): void {
  moveEditions(image, fact)
  for (const { workId, quantity } of transfersOf(fact)) {
    hold(image, fact, { holder: lower(fact.args.from), workId }, { editions: -quantity })
    hold(image, fact, { holder: lower(fact.args.to), workId }, { editions: quantity })
  }
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
