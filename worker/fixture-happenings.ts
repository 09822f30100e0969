/** What may happen on a test's ledger in a block: every kind of event that the index folds, as transactions of a few people. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { hashToBytes32 } from '@grimoire/schema/hex'
import { listingToChain } from '@grimoire/schema/listing'
import { manifestBytes } from '@grimoire/schema/manifest'
import { termsToChain } from '@grimoire/schema/work'
import { type Abi, encodeFunctionData, type Hex, keccak256, toHex } from 'viem'
import { type Person, people, person, type World } from './fixture.ts'
import {
  buyEditions,
  chainSeconds,
  exampleTerms,
  fund,
  manifestOf,
  publishWork,
  putBlob,
  registerOperator,
  sha256,
  signListing,
} from './seed.ts'

const { creator, holder, stranger, operator } = people
const MAX_COST = 10n ** 12n
const LISTINGS = 8

export type Random = (below: number) => number
export type Happening = { from: Hex; to: Hex; data: Hex }

/** Park and Miller: the same schedule in every run. */
export function randomFrom(seed: number): Random {
  let state = (seed % 2_147_483_646) + 1
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return Math.floor((state / 2_147_483_647) * below)
  }
  for (let at = 0; at < 8; at++) next(2)
  return next
}

type Target = 'works' | 'admissions' | 'operators' | 'money'
const ABIS: Record<Target, Abi> = {
  works: worksAbi,
  admissions: admissionsAbi,
  operators: operatorsAbi,
  money: moneyAbi,
}

/** Two works, one of them the other's parent, with a second manifest for each, and listings to be bought. */
async function prepare(world: World) {
  await registerOperator(world)
  for (const who of [holder, stranger, creator]) await fund(world, who)
  const parent = await publishWork(world, { salt: 'parent', creator: stranger })
  const parents = [{ workId: BigInt(parent.workId), shareBps: 500 }]
  const child = await publishWork(world, { salt: 'child', parents })
  const workIds = [parent.workId, child.workId]
  const blobs = [parent.bytes, child.bytes]
  const newer: Hex[] = []
  for (const [at, workId] of workIds.entries()) {
    const draft = { salt: `${at}`, title: 'Second words', creator: at === 0 ? stranger : creator }
    const bytes = manifestBytes(manifestOf(world, workId, draft, 2))
    await putBlob(world, bytes)
    blobs.push(bytes)
    newer.push(hashToBytes32(sha256(bytes)))
  }
  await buyEditions(world, creator, child.workId, 20)
  await buyEditions(world, holder, child.workId, 2)
  const expiresAtSeconds = (await chainSeconds(world)) + 20 * 86_400
  const listings = await Promise.all(
    Array.from({ length: LISTINGS }, (_, nonce) =>
      signListing(world, creator, {
        ...{
          seller: creator.address,
          workId: child.workId,
          quantity: 3,
          priceAtomic: `${3_000_001 + nonce}`,
        },
        ...{ minProceedsAtomic: '0', nonce: String(nonce), counter: '0', expiresAtSeconds },
      }),
    ),
  )
  const splitter = await world.publicClient.readContract({
    ...{ address: world.addresses.works, abi: worksAbi, functionName: 'splitterOf' as const },
    args: [BigInt(child.workId), operator.address],
  })
  return { parentId: BigInt(parent.workId), childId: BigInt(child.workId), newer, listings, splitter, blobs }
}

/** `happen` answers the transactions of one random event; some of them the ledger will refuse, as it should. */
export async function setStage(world: World) {
  const { parentId, childId, newer, listings, splitter, blobs } = await prepare(world)
  const call = (from: Person, target: Target, functionName: string, args: readonly unknown[]): Happening => ({
    from: from.address,
    to: world.addresses[target],
    data: encodeFunctionData({ abi: ABIS[target], functionName, args }),
  })
  const some = <T>(random: Random, ...all: T[]) => all[random(all.length)] as T // Safety: below its length.
  const events: ((random: Random) => Happening[])[] = [
    random => {
      const buyer = some(random, holder, stranger)
      return [
        call(buyer, 'works', 'mint', [
          some(random, parentId, childId),
          BigInt(1 + random(3)),
          buyer.address,
          MAX_COST,
        ]),
      ]
    },
    random => {
      const { listing, signature } = some(random, ...listings)
      return [
        call(stranger, 'works', 'buy', [
          listingToChain(listing),
          stranger.address,
          BigInt(1 + random(3)),
          signature,
        ]),
      ]
    },
    () => [call(holder, 'works', 'safeTransferFrom', [holder.address, stranger.address, childId, 1n, '0x'])],
    random => [
      call(some(random, holder, creator), 'works', 'cancel', [[BigInt(random(12)), BigInt(random(300))]]),
    ],
    () => [call(holder, 'works', 'cancelAll', [])],
    random => [
      random(2)
        ? call(creator, 'works', 'publishVersion', [
            childId,
            some(random, newer[1], keccak256(toHex(random(99)))),
          ])
        : call(stranger, 'works', 'publishVersion', [
            parentId,
            some(random, newer[0], keccak256(toHex(random(99)))),
          ]),
    ],
    random => [
      call(creator, 'admissions', 'setAdmitted', [childId, person(20 + random(5)).address, random(2) === 1]),
    ],
    random => [call(operator, 'admissions', 'setAccepted', [childId, operator.address, random(2) === 1])],
    () => [call(stranger, 'works', 'confirmParent', [childId, parentId])],
    random => [
      call(stranger, 'money', 'transfer', [splitter, BigInt(1 + random(5_000_000))]),
      call(stranger, 'works', 'collect', [childId, operator.address]),
    ],
    random => [
      call(creator, 'works', 'create', [
        ...[keccak256(toHex(`new ${random(1_000)}`)), termsToChain(exampleTerms), [], [operator.address]],
        keccak256(toHex(random(1_000))),
      ]),
    ],
    random => [call(operator, 'operators', random(2) ? 'beginUnbonding' : 'cancelUnbonding', [])],
    random => [call(operator, 'operators', 'rotateSessionKey', [keccak256(toHex(`key ${random(9_999)}`))])],
  ]
  const happen = (random: Random): Happening[] => some(random, ...events)(random)
  return { happen, blobs }
}
