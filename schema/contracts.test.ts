/** What the nouns and the ledger both know is the same on both sides: typed data, enums, caps, splits, work ids. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Addresses } from '@grimoire/contracts/addresses'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { people } from '@grimoire/devnet/accounts'
import { type Chain, startChain } from '@grimoire/devnet/chain'
import { deployDevnetLedger, PROTOCOL_FEE_BPS } from '@grimoire/devnet/ledger'
import { freePorts } from '@grimoire/devnet/ports'
import { encodeAbiParameters, hashTypedData, keccak256, parseAbiParameters, toBytes } from 'viem'
import { splitUsage } from './amounts.ts'
import { LISTING_TYPES, type Listing, listingToChain, listingTypedData } from './listing.ts'
import { OFFER_TYPES, type Offer, offerToChain, offerTypedData } from './offer.ts'
import { MINT_TYPE, PURCHASE_TYPE } from './order.ts'
import { LIMITS, termsFromChain, termsToChain } from './work.ts'

type Field = { readonly name: string; readonly type: string }
type Types = Readonly<Record<string, readonly Field[]>>

const write = (name: string, fields: readonly Field[]): string =>
  `${name}(${fields.map(field => `${field.type} ${field.name}`).join(',')})`

/** The primary type first, the structs that it uses after it in alphabetical order. */
function encodeTypeOf(types: Types, primaryType: string): string {
  const used = new Set<string>()
  const visit = (name: string): void => {
    for (const { type } of types[name] ?? []) {
      const inner = type.replace(/\[\d*\]$/, '')
      if (!types[inner] || used.has(inner) || inner === primaryType) continue
      used.add(inner)
      visit(inner)
    }
  }
  visit(primaryType)
  return [primaryType, ...[...used].sort()].map(name => write(name, types[name] ?? [])).join('')
}

let chain: Chain
let ledger: Addresses
const folder = mkdtempSync(join(tmpdir(), 'grimoire-schema-'))

before(async () => {
  const ports = await freePorts()
  chain = await startChain({ port: ports.chain, statePath: join(folder, 'chain.json') })
  await chain.mineAtOnce()
  ledger = await deployDevnetLedger(chain, { folder, ports })
})
after(async () => {
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Constant =
  | 'LISTING_TYPEHASH'
  | 'OFFER_TYPEHASH'
  | 'MINT_TYPEHASH'
  | 'PURCHASE_TYPEHASH'
  | 'MAX_RESALE_ROYALTY_BPS'
  | 'MAX_USAGE_ROYALTY_BPS'
  | 'MAX_PROTOCOL_FEE_BPS'
  | 'MAX_PARENTS'
  | 'MAX_PARENTS_BPS'
  | 'MAX_ORDER_SECONDS'
const constant = (functionName: Constant) =>
  chain.publicClient.readContract({ address: ledger.works, abi: worksAbi, functionName })

test('the type hashes of listings, offers and purchases are the market’s own', async () => {
  assert.equal(keccak256(toBytes(encodeTypeOf(LISTING_TYPES, 'Listing'))), await constant('LISTING_TYPEHASH'))
  assert.equal(keccak256(toBytes(encodeTypeOf(OFFER_TYPES, 'Offer'))), await constant('OFFER_TYPEHASH'))
  assert.equal(keccak256(toBytes(MINT_TYPE)), await constant('MINT_TYPEHASH'))
  assert.equal(keccak256(toBytes(PURCHASE_TYPE)), await constant('PURCHASE_TYPEHASH'))
})

test('a listing has one digest, whoever computes it', async () => {
  const listing: Listing = {
    seller: people.cleo.address,
    workId: '77',
    quantity: 2,
    priceAtomic: '5000000',
    minProceedsAtomic: '4375000',
    nonce: '340282366920938463463374607431768211455',
    counter: '18446744073709551615',
    expiresAtSeconds: 1_900_000_000,
  }
  const args = [listingToChain(listing)] as const
  const onChain = await chain.publicClient.readContract({
    address: ledger.works,
    abi: worksAbi,
    functionName: 'listingDigest',
    args,
  })
  assert.equal(hashTypedData(listingTypedData(listing, ledger.chainId, ledger.works)), onChain)
})

test('an offer has one digest, whoever computes it', async () => {
  const offer: Offer = {
    buyer: people.dan.address,
    workId: '77',
    quantity: 3,
    priceAtomic: '4000000',
    nonce: '127',
    counter: '18446744073709551615',
    expiresAtSeconds: 1_900_000_000,
  }
  const onChain = await chain.publicClient.readContract({
    address: ledger.works,
    abi: worksAbi,
    functionName: 'offerDigest',
    args: [offerToChain(offer)],
  })
  assert.equal(hashTypedData(offerTypedData(offer, ledger.chainId, ledger.works)), onChain)
})

test('the caps that a form shows are the caps that the ledger holds', async () => {
  assert.equal(await constant('MAX_RESALE_ROYALTY_BPS'), LIMITS.maxResaleRoyaltyBps)
  assert.equal(await constant('MAX_USAGE_ROYALTY_BPS'), LIMITS.maxUsageRoyaltyBps)
  assert.equal(await constant('MAX_PROTOCOL_FEE_BPS'), LIMITS.maxProtocolFeeBps)
  assert.equal(Number(await constant('MAX_PARENTS')), LIMITS.maxParents)
  assert.equal(await constant('MAX_PARENTS_BPS'), LIMITS.maxParentsBps)
  assert.equal(Number(await constant('MAX_ORDER_SECONDS')), LIMITS.maxOrderSeconds)
  const maxAdmitted = await chain.publicClient.readContract({
    address: ledger.admissions,
    abi: admissionsAbi,
    functionName: 'MAX_ADMITTED',
  })
  assert.equal(Number(maxAdmitted), LIMITS.maxAdmitted)
})

const TERMS = termsFromChain({
  kind: 1,
  disclosure: 1,
  admission: 0,
  editionCap: 4_294_967_295,
  priceAtomic: 281_474_976_710_655,
  resaleRoyaltyBps: 2_500,
  usageRoyaltyBps: 5_000,
  maxTurnFeeAtomic: 1,
  maxInputPerMillionBytesAtomic: 2,
  maxOutputPerMillionBytesAtomic: 281_474_976_710_655,
})

test('terms written to the ledger read back as they were, and the work has the id that was named before', async () => {
  const salt = `0x${'5a'.repeat(32)}` as const
  const workId = BigInt(
    keccak256(encodeAbiParameters(parseAbiParameters('address, bytes32'), [people.ada.address, salt])),
  )
  const { publicClient } = chain
  const args = [salt, termsToChain(TERMS), [], [], `0x${'11'.repeat(32)}`] as const
  const hash = await chain
    .walletOf(people.ada)
    .writeContract({ address: ledger.works, abi: worksAbi, functionName: 'create', args })
  await publicClient.waitForTransactionReceipt({ hash })
  const work = await publicClient.readContract({
    address: ledger.works,
    abi: worksAbi,
    functionName: 'work',
    args: [workId],
  })
  assert.equal(work.creator, people.ada.address)
  assert.deepEqual(termsFromChain(work.terms), TERMS)
})

test('a work is created with the fee that the split in TypeScript is told', async () => {
  const { publicClient } = chain
  const salt = `0x${'5b'.repeat(32)}` as const
  const args = [salt, termsToChain(TERMS), [], [], `0x${'11'.repeat(32)}`] as const
  const works = { address: ledger.works, abi: worksAbi } as const
  const hash = await chain.walletOf(people.ada).writeContract({ ...works, functionName: 'create', args })
  await publicClient.waitForTransactionReceipt({ hash })
  const workId = BigInt(
    keccak256(encodeAbiParameters(parseAbiParameters('address, bytes32'), [people.ada.address, salt])),
  )
  const fee = await publicClient.readContract({ ...works, functionName: 'feeBpsOf', args: [workId] })
  assert.equal(fee, PROTOCOL_FEE_BPS)
  const split = splitUsage(1_000_001n, { usageRoyaltyBps: 1_000, protocolFeeBps: fee, parentsBps: [2_500] })
  assert.deepEqual(split, {
    protocolAtomic: 25_000n,
    parentsAtomic: [25_000n],
    parentsTotalAtomic: 25_000n,
    creatorAtomic: 75_000n,
    operatorAtomic: 875_001n,
  })
})
