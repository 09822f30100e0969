/** One request to one key node: bounded in time and size, never redirected, never logged. */

const MAX_ANSWER_BYTES = 65_536
const SDK_VERSION = '7.4.0'

export type NodeRequest = { url: string; body: object; requestId: string }
export type NodeLimits = { timeoutMs: number; signal: AbortSignal }

/** What a key node said instead of yes. `code` is Lit's error code; `problem` ours, where the node is one of ours. */
export class NodeRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly problem: string | null

  constructor(status: number, body: unknown) {
    const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {} // Safety: an object; each field is checked below.
    super(typeof said.message === 'string' ? said.message.slice(0, 240) : `status ${status}`)
    this.status = status
    this.code = typeof said.errorCode === 'string' ? said.errorCode.slice(0, 80) : `HTTP ${status}`
    this.problem = typeof said.code === 'string' ? said.code.slice(0, 80) : null
  }
}

async function readBounded(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let sizeBytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    sizeBytes += value.byteLength
    if (sizeBytes > MAX_ANSWER_BYTES) {
      await reader.cancel()
      throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

export async function sendToNode(request: NodeRequest, limits: NodeLimits): Promise<unknown> {
  const response = await fetch(request.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'X-Lit-SDK-Version': SDK_VERSION,
      'X-Lit-SDK-Type': 'Typescript',
      'X-Request-Id': `lit_${request.requestId}`,
    },
    body: JSON.stringify(request.body),
    signal: AbortSignal.any([limits.signal, AbortSignal.timeout(limits.timeoutMs)]),
    redirect: 'error',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  })
  const text = await readBounded(response)
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    if (response.ok) throw new Error('the answer is not JSON')
  }
  if (!response.ok) throw new NodeRefusal(response.status, body)
  return body
}
