/** Works, sales and operators on a test's chain, with manifests that say the same as the ledger. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { hashToBytes32 } from '@grimoire/schema/hex'
import { type Listing, listingTypedData } from '@grimoire/schema/listing'
import { MANIFEST_FORMAT, type Manifest, manifestBytes } from '@grimoire/schema/manifest'
import { openedSession } from '@grimoire/schema/session'
import { type Terms, termsToChain } from '@grimoire/schema/work'
import { type Hex, keccak256, sha256 as sha256Hex, toHex } from 'viem'
import { json, ledgerOf, MINIMUM_BOND_ATOMIC, type Person, people, post, type World } from './fixture.ts'
import { rightSignIn } from './trial/sign-in-mutants.ts'

/** The name of bytes: 64 hex digits, without 0x. */
export const sha256 = (bytes: Uint8Array) => sha256Hex(bytes).slice(2)

export const exampleTerms: Terms = {
  kind: 'chatbot',
  disclosure: 'sealed',
  admission: 'listed',
  editionCap: 100,
  priceAtomic: '5000000',
  resaleRoyaltyBps: 1_000,
  usageRoyaltyBps: 2_500,
  maxTurnFeeAtomic: '2000',
  maxInputPerMillionBytesAtomic: '500000',
  maxOutputPerMillionBytesAtomic: '2000000',
}

export type Draft = {
  salt: string
  /** The hash of its one part. */
  partHash?: string
  title?: string
  summary?: string
  tags?: string[]
  terms?: Partial<Terms>
  creator?: Person
  parents?: { workId: bigint; shareBps: number }[]
  /** Whatever else its manifest says. */
  manifest?: Partial<Manifest>
}

const HASH = '11'.repeat(32)

export function manifestOf(world: World, workId: string, draft: Draft, version = 1): Manifest {
  const { chainId, works, gate } = world.addresses
  const { kind, disclosure } = { ...exampleTerms, ...draft.terms }
  return {
    format: MANIFEST_FORMAT,
    chainId,
    works,
    workId,
    version,
    creator: (draft.creator ?? people.creator).address,
    kind,
    disclosure,
    title: draft.title ?? `Work ${draft.salt}`,
    summary: draft.summary ?? 'What it is for, in a sentence.',
    tags: draft.tags ?? ['test'],
    language: 'en',
    licence: 'CC-BY-4.0',
    base: { name: 'grimoire-demo', sha256: HASH },
    parts: [
      {
        role: 'card',
        name: 'card.json',
        mediaType: 'application/json',
        sha256: draft.partHash ?? HASH,
        sizeBytes: 10,
        plainSizeBytes: 5,
      },
    ],
    seal: {
      network: 'lit',
      networkKey: 'ab'.repeat(48),
      gate,
      chain: 'ethereum',
      ciphertext: 'c2VhbGVk',
      dataToEncryptHash: HASH,
      recipient: `age1${'q'.repeat(58)}`,
    },
    ...draft.manifest,
  }
}

export function putBlob(world: World, bytes: Uint8Array<ArrayBuffer>, name = sha256(bytes)) {
  return fetch(`${world.edge.url}/v1/blobs/${name}`, { method: 'PUT', body: bytes })
}

export const workIdOf = (world: World, creator: Person, salt: string) =>
  world.publicClient.readContract({
    address: world.addresses.works,
    abi: worksAbi,
    functionName: 'workIdOf',
    args: [creator.address, keccak256(toHex(salt))],
  })

/** Creates a work on the ledger; the manifest's bytes are answered, and uploaded unless `upload` is false. */
export async function publishWork(world: World, draft: Draft, upload = true) {
  const creator = draft.creator ?? people.creator
  const workId = (await workIdOf(world, creator, draft.salt)).toString()
  const bytes = manifestBytes(manifestOf(world, workId, draft))
  if (upload) await putBlob(world, bytes)
  const terms = termsToChain({ ...exampleTerms, ...draft.terms })
  const salt = keccak256(toHex(draft.salt))
  await ledgerOf(world)(creator, 'works', 'create', [
    salt,
    terms,
    draft.parents ?? [],
    draft.terms?.admission !== 'bonded' ? [people.operator.address] : [],
    hashToBytes32(sha256(bytes)),
  ])
  return { workId, bytes, contentHash: sha256(bytes) }
}

/** Gives a person money and the ledger leave to take it, then buys editions of a work. */
export async function buyEditions(world: World, buyer: Person, workId: string, quantity = 1) {
  const call = ledgerOf(world)
  await fund(world, buyer)
  await call(buyer, 'works', 'mint', [BigInt(workId), BigInt(quantity), buyer.address, 10n ** 12n])
}

export async function fund(world: World, who: Person, spender: Hex = world.addresses.works) {
  const call = ledgerOf(world)
  await call(who, 'money', 'mint', [who.address, 10n ** 12n])
  await call(who, 'money', 'approve', [spender, 2n ** 255n])
}

/** Each key belongs to one operator for ever. */
export const sessionKeyOf = ({ address }: Person) => keccak256(address)

export async function registerOperator(
  world: World,
  { operator, paymentKey }: { operator: Person; paymentKey: Person } = people,
  endpoint = 'https://node.example',
) {
  const prices = {
    turnFeeAtomic: 1_000,
    inputPerMillionBytesAtomic: 250_000,
    outputPerMillionBytesAtomic: 1_000_000,
  }
  await fund(world, operator, world.addresses.operators)
  await ledgerOf(world)(operator, 'operators', 'register', [
    endpoint,
    sessionKeyOf(operator),
    paymentKey.address,
    prices,
    MINIMUM_BOND_ATOMIC,
  ])
}

export async function signListing(world: World, seller: Person, listing: Listing) {
  const { chainId, works } = world.addresses
  const signature = await seller.signTypedData(listingTypedData(listing, chainId, works))
  return { listing, signature }
}

/** One edition, for an hour. */
export const draftListing = async (
  world: World,
  given: Pick<Listing, 'seller' | 'workId' | 'nonce'> & Partial<Listing>,
): Promise<Listing> => ({
  quantity: 1,
  priceAtomic: '7000000',
  minProceedsAtomic: '0',
  counter: '0',
  expiresAtSeconds: (await chainSeconds(world)) + 3_600,
  ...given,
})

export async function chainSeconds(world: World): Promise<number> {
  return Number((await world.publicClient.getBlock()).timestamp)
}

/** The header that shows who is asking: a bearer token of the person's own session. */
export async function signedInAs(world: World, who: Person): Promise<{ authorization: string }> {
  const { message, signature } = await rightSignIn(world.edge.url, who)
  const init = post({ message, signature, carrier: 'bearer' })
  const { token } = openedSession.parse((await json(world.edge, '/v1/sessions', init)).body)
  return { authorization: `Bearer ${token}` }
}
