/** Share cards in the bucket: each named by what it shows, drawn once by whoever asks first, its predecessor dropped. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import type { CardOrder } from '@grimoire/schema/card-order'
import { Problem } from '@grimoire/schema/problem'
import { sha256Of } from '../digest.ts'
import type { Env } from '../env.ts'

/** A drawer that has not come back by then is taken for lost. */
const LEASE_MS = 20_000
const WAIT_MS = 8_000
const POLL_MS = 100

const folderOf = (workId: string) => `cards/${workId}/`

export const cardKey = (order: CardOrder): Promise<string> => sha256Of(canonicalJson(order))

/** True for one asker at a time: the bucket writes only where nothing stands, or where what it was shown still stands. */
async function takeLease(bucket: R2Bucket, name: string): Promise<boolean> {
  const taken = await bucket.put(name, '', { onlyIf: { etagDoesNotMatch: '*' } })
  if (taken) return true
  const held = await bucket.head(name)
  if (!held || Date.now() - held.uploaded.getTime() < LEASE_MS) return false
  await bucket.delete(name)
  return (await bucket.put(name, '', { onlyIf: { etagDoesNotMatch: '*' } })) !== null
}

async function draw({ CARDS, BLOBS }: Env, order: CardOrder, name: string): Promise<ArrayBuffer> {
  if (!CARDS) throw new Problem('config_invalid', { param: 'CARDS', expected: 'a binding CARDS' })
  const answer = await CARDS.fetch('https://cards/', { method: 'POST', body: JSON.stringify(order) })
  if (!answer.ok) {
    await answer.body?.cancel()
    throw new Problem('internal', { cause: new Error(`the card drawer answered ${answer.status}`) })
  }
  const picture = await answer.arrayBuffer()
  await BLOBS.put(name, picture, { httpMetadata: { contentType: 'image/png' } })
  return picture
}

/** What the work looked like before is of no more use, nor are leases. */
async function dropOthers(bucket: R2Bucket, workId: string, name: string): Promise<void> {
  const { objects } = await bucket.list({ prefix: folderOf(workId) })
  const old = objects.map(({ key }) => key).filter(key => key !== name)
  if (old.length > 0) await bucket.delete(old)
}

export async function readCard(env: Env, order: CardOrder): Promise<ReadableStream | ArrayBuffer> {
  const name = `${folderOf(order.workId)}${await cardKey(order)}.png`
  const lease = `${name}.lease`
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    const known = await env.BLOBS.get(name)
    if (known) return known.body
    if (await takeLease(env.BLOBS, lease)) {
      try {
        // Whoever held the lease before may have finished between the two questions above.
        const drawn = await env.BLOBS.get(name)
        if (drawn) return drawn.body
        const picture = await draw(env, order, name)
        await dropOthers(env.BLOBS, order.workId, name)
        return picture
      } finally {
        await env.BLOBS.delete(lease)
      }
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
  throw new Problem('card_pending', { got: `no card of ${order.workId} after ${WAIT_MS / 1000} seconds` })
}
