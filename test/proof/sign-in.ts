/**
 * Sign-ins that are wrong in one thing each, against the real Worker and a real chain: none is let in, and the right one is.
 * A nonce raced by a hundred opens one session. `npm run proof -- sign-in [how many]`.
 */
import { people, startWorld } from '@grimoire/worker/fixture'
import { rightSignIn, type SignIn, signInMutants } from '@grimoire/worker/trial/sign-in-mutants'
import { claim, prove } from './proof.ts'

const SEED = 4_361
const MUTANTS = 10_000
/** A right one is good for ten minutes; so many are made of each. */
const OF_EACH = 500
const RACES = 20
const RACERS = 100

await prove('sign-in', async ([wanted]) => {
  const world = await startWorld({ writesPerMinute: 1_000_000 })
  const { url } = world.edge
  const enter = async ({ message, signature }: SignIn) => {
    const body = JSON.stringify({ message, signature, carrier: 'bearer' })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    return (await fetch(`${url}/v1/sessions`, init)).status
  }
  const mutants = async (total: number) => {
    const seen = { n: 0, failures: 0, accepted: 0, 'right ones': 0 }
    const wallets = { wallet: people.holder, stranger: people.stranger }
    for (let seed = SEED; seen.n < total; seed++) {
      const right = await rightSignIn(url, people.holder)
      const count = Math.min(OF_EACH, total - seen.n)
      for await (const mutant of signInMutants(right, wallets, { count, seed })) {
        const status = await enter(mutant)
        seen.n++
        if (status === 200) seen.accepted++
        if (status !== 400 && status !== 401) seen.failures++
      }
      if ((await enter(right)) === 200) seen['right ones']++
      else seen.failures++
    }
    return seen
  }
  const races = async () => {
    let failures = 0
    for (let race = 0; race < RACES; race++) {
      const right = await rightSignIn(url, people.creator)
      const statuses = await Promise.all(Array.from({ length: RACERS }, () => enter(right)))
      if (statuses.filter(status => status === 200).length !== 1) failures++
    }
    return { n: RACES, failures }
  }
  try {
    return [
      await claim({ name: 'mutated sign-ins, none let in', seed: SEED }, () =>
        mutants(Number(wanted ?? MUTANTS)),
      ),
      await claim({ name: `one nonce, ${RACERS} at once: one session`, seed: 0 }, races),
    ]
  } finally {
    await world.stop()
  }
})
