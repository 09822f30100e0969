/** Delivers what is due to webhooks: signed, at least once, again with growing pauses, and given up in the end. */
import type { Env } from './env.ts'
import { nowSeconds } from './now.ts'
import { callOutside, outboundOf } from './outbound.ts'

const AT_ONCE = 20
const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 65_536
const KEPT_SECONDS = 30 * 86_400
/** The pauses of the Standard Webhooks specification; after the last attempt a delivery is dead. */
const PAUSES_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400]

type Due = { deliveryId: string; body: string; attempts: number; url: string; secret: string }

/** The next attempt is noted before this one is made: whoever dies in between is followed by another. */
async function claimDue(db: D1Database): Promise<Due[]> {
  const pause = PAUSES_SECONDS.map((seconds, at) => `WHEN ${at} THEN ${seconds}`).join(' ')
  const now = `CAST(strftime('%s', 'now') AS INTEGER)`
  const { results } = await db
    .prepare(
      `UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = ${now} + CASE attempts ${pause} ELSE 86400 END
       WHERE place IN (SELECT place FROM deliveries WHERE next_attempt_at <= ${now} ORDER BY next_attempt_at LIMIT ${AT_ONCE})
       RETURNING delivery_id AS deliveryId, body, attempts,
         (SELECT url FROM webhooks h WHERE h.webhook_id = deliveries.webhook_id) AS url,
         (SELECT secret FROM webhooks h WHERE h.webhook_id = deliveries.webhook_id) AS secret`,
    )
    .all<Due>()
  return results.filter(({ url }) => url !== null)
}

/** `v1,` and the HMAC-SHA256 over id, seconds and body, under the bytes that the secret names. */
async function signatureOf(secret: string, signed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), letter => letter.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed))
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`
}

/** Its status; null when there was no answer, whatever the reason: an address that is refused now may be mended by its owner. */
async function post(env: Env, { deliveryId, body, url, secret }: Due): Promise<number | null> {
  const seconds = nowSeconds()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': deliveryId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': await signatureOf(secret, `${deliveryId}.${seconds}.${body}`),
  }
  const asked = { method: 'POST', headers, body, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES } as const
  return callOutside(outboundOf(env), url, asked).then(
    ({ status }) => status,
    () => null,
  )
}

/** A Worker holds six connections: a delivery that waited for one would see its time run out unheard. */
const CONNECTIONS = 6

async function deliver(env: Env, due: Due): Promise<void> {
  const status = await post(env, due)
  const done = status !== null && status >= 200 && status < 300
  const dead = !done && due.attempts > PAUSES_SECONDS.length
  await env.DB.prepare(
    `UPDATE deliveries SET last_status = ?1, state = ?2, next_attempt_at = CASE WHEN ?2 = 'waiting' THEN next_attempt_at END
     WHERE delivery_id = ?3`,
  )
    .bind(status, done ? 'delivered' : dead ? 'dead' : 'waiting', due.deliveryId)
    .run()
}

/** By the clock. What has been settled for a month is forgotten. */
export async function deliverDue(env: Env): Promise<void> {
  const due = await claimDue(env.DB)
  const waiting = [...due]
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await deliver(env, one)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  await env.DB.prepare(
    `DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < CAST(strftime('%s', 'now') AS INTEGER) - ${KEPT_SECONDS}`,
  ).run()
}
