/** The head of a GGUF file: enough to say before an upload whether it is an adapter, and for which family of models. */
import { Problem } from './problem.ts'

/** An adapter has no vocabulary in its head, so this much holds all of it. */
export const GGUF_HEAD_BYTES = 1024 * 1024
const MAX_ENTRIES = 4_096
const MAX_TEXT_BYTES = 65_536
const MAX_TENSORS = 1_000_000
/** An adapter that declares more than this is no adapter. */
export const ADAPTER_MAX_BYTES = 512 * 1024 * 1024

/** Byte lengths of the format's fixed types, by their numbers; 8 is a text and 9 a list. */
const FIXED: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 }
const TEXT = 8
const LIST = 9

export type GgufHead = {
  version: number
  tensors: number
  architecture: string
  /** `model`, `adapter`, or empty where the file does not say. */
  type: string
  adapterType: string
  name: string
  /** As far as the file names it. */
  baseName: string
  baseSha256: string
}

const refuse = (got: string, expected: string) => new Problem('adapter_unfit', { got, expected })

class Reader {
  at = 0
  readonly bytes: Uint8Array
  readonly #view: DataView
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  take(length: number): number {
    const from = this.at
    if (length < 0 || from + length > this.bytes.length)
      throw refuse(`a head that runs over byte ${this.bytes.length}`, 'a whole GGUF adapter')
    this.at = from + length
    return from
  }
  u32(): number {
    return this.#view.getUint32(this.take(4), true)
  }
  u64(): number {
    const value = this.#view.getBigUint64(this.take(8), true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(`a length of ${value}`, 'a GGUF adapter')
    return Number(value)
  }
  text(): string {
    const length = this.u64()
    const from = this.take(length)
    if (length > MAX_TEXT_BYTES) return ''
    return new TextDecoder().decode(this.bytes.subarray(from, from + length))
  }
  /** Text where it is one, null where it was only passed over. */
  value(type: number, depth = 0): string | null {
    if (type === TEXT) return this.text()
    const fixed = FIXED[type]
    if (fixed !== undefined) {
      this.take(fixed)
      return null
    }
    if (type !== LIST || depth > 2) throw refuse(`a value of kind ${type}`, 'GGUF version 2 or 3')
    const inner = this.u32()
    const items = this.u64()
    const size = FIXED[inner]
    if (size !== undefined) this.take(items * size)
    else for (let item = 0; item < items; item++) this.value(inner, depth + 1)
    return null
  }
}

/** Reads the first bytes of a file; refuses what is not GGUF, or has a head without end. */
export function readGgufHead(bytes: Uint8Array): GgufHead {
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, 4))
  if (magic !== 'GGUF') throw refuse(`a file that begins with ${JSON.stringify(magic)}`, 'GGUF')
  const reader = new Reader(bytes)
  reader.take(4)
  const version = reader.u32()
  if (version !== 2 && version !== 3) throw refuse(`GGUF version ${version}`, 'version 2 or 3')
  const tensors = reader.u64()
  const entries = reader.u64()
  if (tensors > MAX_TENSORS) throw refuse(`${tensors} tensors`, `at most ${MAX_TENSORS}`)
  if (entries > MAX_ENTRIES) throw refuse(`${entries} entries`, `at most ${MAX_ENTRIES}`)
  const texts = new Map<string, string>()
  for (let entry = 0; entry < entries; entry++) {
    const key = reader.text()
    const value = reader.value(reader.u32())
    if (value !== null) texts.set(key, value)
  }
  const named = (...keys: string[]) => keys.map(key => texts.get(key)).find(text => text) ?? ''
  return {
    version,
    tensors,
    architecture: named('general.architecture'),
    type: named('general.type'),
    adapterType: named('adapter.type'),
    name: named('general.name').slice(0, 120),
    baseName: named('general.base_model.0.name', 'general.basename').slice(0, 120),
    baseSha256: named('general.base_model.0.sha256').toLowerCase(),
  }
}

/** Whether it may be an adapter of this base; a node, which knows the weights, has the last word. */
export function checkAdapterHead(
  head: GgufHead,
  file: { sizeBytes: number; baseSha256?: string | undefined },
): void {
  if (head.type && head.type !== 'adapter')
    throw refuse(`a GGUF of type ${head.type.slice(0, 40)}`, 'an adapter')
  if (!head.type && !head.adapterType) throw refuse('a GGUF that names no adapter', 'a LoRA adapter')
  if (head.adapterType && head.adapterType !== 'lora')
    throw refuse(`an adapter of type ${head.adapterType.slice(0, 40)}`, 'lora')
  if (!head.architecture) throw refuse('an adapter that names no architecture', '`general.architecture`')
  if (head.tensors === 0) throw refuse('an adapter without tensors', 'at least one')
  if (file.sizeBytes > ADAPTER_MAX_BYTES)
    throw refuse(`${file.sizeBytes} bytes`, `at most ${ADAPTER_MAX_BYTES}`)
  const { baseSha256: wanted } = file
  if (/^[0-9a-f]{64}$/.test(head.baseSha256) && wanted && head.baseSha256 !== wanted)
    throw refuse(`an adapter for the base ${head.baseSha256}`, wanted)
}
