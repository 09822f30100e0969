/** The bodies of requests: how large they may be, and read as JSON. */
import { Problem, problemResponse } from '@grimoire/schema/problem'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'

const DRAIN_MAX_BYTES = 16 * 1024 * 1024

/** For answers that are made before the CORS middleware could see them. */
export const OPEN = { 'access-control-allow-origin': '*' }

export const limited = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: async c => {
      await drain(c.req.raw)
      return problemResponse(new Problem('body_too_large', { expected: `at most ${maxSize} bytes` }), OPEN)
    },
  })

/** An answer before the end of the body is a closed connection to most clients, so a little more is read and dropped. */
async function drain({ body }: Request): Promise<void> {
  if (!body || body.locked) return
  let left = DRAIN_MAX_BYTES
  for await (const chunk of body) {
    left -= chunk.length
    if (left < 0) return
  }
}

export async function jsonOf(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('request_invalid', { expected: 'a JSON body', cause })
  }
}
