/** What Lit's packages expect of Node, for a browser: loaded before them, and only where it is missing. */
import { Buffer } from 'buffer/index.js'

const missing: Record<string, unknown> = { global: globalThis, Buffer, process: { env: {}, browser: true } }

for (const [name, value] of Object.entries(missing)) {
  if (!(name in globalThis))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
