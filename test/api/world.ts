/** A market with something of everything in it, and people who are signed in, were, or never were: what requests are aimed at. */
import { listing as listingSchema } from '@grimoire/schema/listing'
import { offerTypedData } from '@grimoire/schema/offer'
import { indexNow, type Person, people, startWorld, type World } from '@grimoire/worker/fixture'
import {
  buyEditions,
  chainSeconds,
  fund,
  publishWork,
  registerOperator,
  signListing,
} from '@grimoire/worker/seed'
import { rightSignIn } from '@grimoire/worker/trial/sign-in-mutants'
import type { Target } from './hammer.ts'

const DAY = new Date().toISOString().slice(0, 10)

async function orders(world: World, workId: string) {
  const { chainId, works } = world.addresses
  const expiresAtSeconds = (await chainSeconds(world)) + 3_600
  const common = { workId, quantity: 1, counter: '0', expiresAtSeconds }
  const seller = people.holder.address
  const prices = { priceAtomic: '7000000', minProceedsAtomic: '0' }
  const listings = Array.from({ length: 8 }, (_, nonce) =>
    signListing(
      world,
      people.holder,
      listingSchema.parse({ ...common, ...prices, seller, nonce: String(nonce) }),
    ),
  )
  const offers = Array.from({ length: 8 }, async (_, nonce) => {
    const offer = { ...common, buyer: people.stranger.address, priceAtomic: '6000000', nonce: String(nonce) }
    const signature = await people.stranger.signTypedData(offerTypedData(offer, chainId, works))
    return { offer, payment: 'allowance', signature }
  })
  return { listings: await Promise.all(listings), offers: await Promise.all(offers) }
}

async function enter(world: World, wallet: Person): Promise<string> {
  const { message, signature } = await rightSignIn(world.edge.url, wallet)
  const response = await fetch(`${world.edge.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature, carrier: 'bearer' }),
  })
  const { token } = (await response.json()) as { token: string } // Safety: the fixture held the answer against its schema.
  return token
}

/** Those whom a route that asks who one is has to turn away, by the headers that they send. */
export type Strangers = Record<string, Record<string, string>>

async function strangersOf(world: World): Promise<Strangers> {
  const expired = await enter(world, people.creator)
  const database = await world.edge.database()
  await database.prepare('UPDATE sessions SET expires_at = 1').run()
  const live = await enter(world, people.stranger)
  return {
    'nobody at all': {},
    'an expired session': { authorization: `Bearer ${expired}` },
    'a session changed by one digit': {
      authorization: `Bearer ${live.slice(0, -1)}${live.endsWith('0') ? '1' : '0'}`,
    },
    'a bearer token sent as a cookie': { cookie: `grimoire=${live}`, origin: world.edge.url },
    'another scheme': { authorization: `Basic ${live}` },
  }
}

export async function startApiWorld(): Promise<{ world: World; target: Target; strangers: Strangers }> {
  const world = await startWorld({ writesPerMinute: 1_000_000 })
  const { workId, contentHash } = await publishWork(world, { salt: 'hammered', title: 'Hammered work' })
  await publishWork(world, {
    salt: 'second',
    title: 'Another',
    terms: { kind: 'prompt', disclosure: 'openable' },
  })
  await buyEditions(world, people.holder, workId, 5)
  await fund(world, people.stranger)
  await registerOperator(world)
  await indexNow(world.edge)
  const { listings, offers } = await orders(world, workId)
  const accounts = [people.creator, people.holder, people.stranger, people.operator].map(
    ({ address }) => address,
  )
  const strangers = await strangersOf(world)
  const token = await enter(world, people.holder)
  const target: Target = {
    edgeUrl: world.edge.url,
    known: {
      workId: [workId],
      id: [workId, BigInt(workId).toString(16).padStart(64, '0')],
      sha256: [contentHash],
      ...Object.fromEntries(
        ['creator', 'seller', 'buyer', 'holder', 'operator', 'address', 'account', 'wallet'].map(name => [
          name,
          accounts,
        ]),
      ),
      q: ['hammered', 'anot', 'hammered work'],
      fromDay: [DAY],
      toDay: [DAY],
      limit: ['1', '25'],
    },
    right: { 'POST /v1/listings': listings, 'POST /v1/offers': offers },
    signedIn: { authorization: `Bearer ${token}` },
  }
  return { world, target, strangers }
}
