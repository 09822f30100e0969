/** The adapters in llama.cpp's memory: each loaded once however many works carry it, and freed with the last of them. */
import { createHash } from 'node:crypto'
import { Problem } from '@grimoire/schema/problem'
import type { LlamaModel } from 'node-llama-cpp'
import { unlinkedFile } from './unlinked.ts'

type Native = { dispose(): Promise<void> }

/**
 * node-llama-cpp caches adapters under their path and never frees them. A descriptor's path is used again by the
 * kernel, so that cache would one day serve the wrong work's adapter: each is taken out of it at once.
 */
type ModelInternals = {
  _loraAdapters: Map<string, Native>
  _getOrLoadLora(path: string): Promise<Native>
}

export class Adapters {
  readonly #model: ModelInternals
  readonly #loaded = new Map<string, { loading: Promise<Native>; native?: Native; uses: number }>()

  constructor(model: LlamaModel) {
    this.#model = model as unknown as ModelInternals // Safety: pinned at 3.22.1; engine.test.ts holds both fields.
  }

  /** Gives the adapter's name in here. The bytes are read once, and overwritten. */
  async load(bytes: Uint8Array): Promise<string> {
    const key = createHash('sha256').update(bytes).digest('hex')
    const known = this.#loaded.get(key) ?? { loading: this.#read(bytes), uses: 0 }
    known.uses++
    this.#loaded.set(key, known)
    try {
      known.native = await known.loading
      return key
    } catch (cause) {
      this.#loaded.delete(key)
      throw new Problem('adapter_invalid', { cause })
    } finally {
      bytes.fill(0)
    }
  }

  async #read(bytes: Uint8Array): Promise<Native> {
    const file = unlinkedFile(bytes)
    try {
      const native = await this.#model._getOrLoadLora(file.path)
      this.#model._loraAdapters.delete(file.path)
      return native
    } finally {
      file.close()
    }
  }

  /** What llama.cpp is given; of none, for the base alone. */
  natives(key: string): Native[] {
    const native = this.#loaded.get(key)?.native
    return native ? [native] : []
  }

  /** One work less; true when it was the last. Then `free` has to follow, once no step runs with it. */
  release(key: string): boolean {
    const known = this.#loaded.get(key)
    if (!known) return false
    known.uses--
    return known.uses === 0
  }

  async free(key: string): Promise<void> {
    const known = this.#loaded.get(key)
    if (!known || known.uses > 0) return // A work came that carries it too.
    this.#loaded.delete(key)
    await known.native?.dispose()
  }
}
