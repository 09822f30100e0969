/** Notes every refusal, wherever it was made, for the operator: by its code, and by the work if the ledger knows it. */
import { parseModelId } from '@grimoire/schema/model-id'
import type { Context, Next } from 'hono'
import type { NodeParts } from '../parts.ts'

/** What was asked for but is no work of the ledger: strangers' words make no rows of their own. */
const NO_WORK = ''

/** The code of a problem that is on its way out: a 402 that asks for the price is not one that refuses a voucher. */
async function codeOf(response: Response): Promise<string | null> {
  if (response.status < 400) return null
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return 'internal'
  const body: unknown = await response.clone().json()
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : 'internal'
}

/** The body was read by whoever refused it, or not at all: hono keeps what it read. */
async function workOf({ ledger }: NodeParts, c: Context): Promise<string> {
  const read = c.req.bodyCache.text
  if (read === undefined) return NO_WORK
  try {
    const body: unknown = JSON.parse(await read)
    const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined
    const { workId } = parseModelId(String(model))
    return ledger.knows(workId) ? workId : NO_WORK
  } catch {
    return NO_WORK
  }
}

export const refusalsOf = (parts: NodeParts) => async (c: Context, next: Next) => {
  await next()
  const code = await codeOf(c.res)
  if (code === null) return
  parts.metrics.refused(code)
  parts.refusals.note(await workOf(parts, c), code)
}
