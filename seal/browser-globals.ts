/** What Lit's packages expect of Node, for a browser: loaded before them, and only where it is missing. */
import { Buffer } from 'buffer/index.js'

const missing: Record<string, unknown> = { global: globalThis, Buffer, process: { env: {}, browser: true } }

/** A worker thread has no document; Lit's client only tells it that it is ready. */
if ('WorkerGlobalScope' in globalThis) missing.document = new EventTarget()

for (const [name, value] of Object.entries(missing)) {
  if (!(name in globalThis))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
