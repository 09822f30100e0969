/** Reads a GGUF's header within bounds: every count, length, type, size and offset is checked before it is used. */
import { type Fault, type FileProblemCode, refused } from './faults.ts'
import { TENSOR_TYPES } from './tensor-types.ts'

export type Tensor = { name: string; shape: number[]; type: number; offset: number; bytes: number }
export type Value = string | number | boolean
export type GgufHeader = {
  values: Map<string, Value>
  /** How many elements each list has. */
  lists: Map<string, number>
  tensors: Map<string, Tensor>
  /** Where the tensors' data begins, and where it has to end. */
  dataOffset: number
  dataBytes: number
}

export const MAX_HEADER_BYTES = 64 * 1024 * 1024
const MAX_ENTRIES = 8_192
const MAX_TENSORS = 65_536
const MAX_LIST = 4_194_304
const MAX_TEXT_BYTES = 1024 * 1024
/** ggml keeps names in 64 bytes, the last of them zero. */
const MAX_TENSOR_NAME_BYTES = 63
const MAX_DIMENSION = 2 ** 31 - 1
/** No tensor of any model is larger; sums of as many tensors as are allowed stay exact numbers. */
const MAX_TENSOR_BYTES = 2 ** 36
const KEY = /^[A-Za-z0-9_.-]{1,128}$/

const MAGIC = 0x4655_4747
const KIND = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9, u64: 10 } as const
/** Bytes of a metadata value by its kind number; texts and lists have none. */
const VALUE_BYTES: Record<number, number> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1 },
  ...{ 10: 8, 11: 8, 12: 8 },
}

class Reader {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  readonly #code: FileProblemCode
  readonly #text = new TextDecoder('utf-8', { fatal: true })
  at = 0

  constructor(bytes: Uint8Array, code: FileProblemCode) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#code = code
  }
  refuse = (fault: Fault, got = `byte ${this.at}`) => refused(this.#code, fault, got)

  skip(length: number): number {
    const at = this.at
    if (at + length > this.#bytes.length) {
      throw this.refuse(this.#bytes.length >= MAX_HEADER_BYTES ? 'header_size' : 'header_cut')
    }
    this.at += length
    return at
  }
  u32 = () => this.#view.getUint32(this.skip(4), true)
  u64(limit: number, fault: Fault): number {
    const value = this.#view.getBigUint64(this.skip(8), true)
    if (value > BigInt(limit)) throw this.refuse(fault, String(value))
    return Number(value)
  }
  text(limit: number, fault: Fault): string {
    const length = this.u64(limit, fault)
    const at = this.skip(length)
    try {
      return this.#text.decode(this.#bytes.subarray(at, at + length))
    } catch {
      throw this.refuse(fault)
    }
  }
  scalar(kind: number): Value {
    if (kind === KIND.text) return this.text(MAX_TEXT_BYTES, 'value_text')
    const length = VALUE_BYTES[kind]
    if (length === undefined) throw this.refuse('value_kind', `kind ${kind}`)
    const at = this.skip(length)
    if (kind === KIND.bool) {
      const value = this.#view.getUint8(at)
      if (value > 1) throw this.refuse('value_bool', String(value))
      return value === 1
    }
    if (kind === KIND.u32) return this.#view.getUint32(at, true)
    if (kind === KIND.i32) return this.#view.getInt32(at, true)
    if (kind === KIND.f32) return this.#view.getFloat32(at, true)
    if (kind === KIND.u64) return Number(this.#view.getBigUint64(at, true))
    return Number.NaN // Read past: no setting that is used here has this kind.
  }
  skipList(): number {
    const kind = this.u32()
    const length = VALUE_BYTES[kind]
    if (length === undefined && kind !== KIND.text) throw this.refuse('list_kind', `a list of kind ${kind}`)
    const count = this.u64(MAX_LIST, 'list_size')
    if (length !== undefined) this.skip(length * count)
    else for (let index = 0; index < count; index++) this.skip(this.u64(MAX_TEXT_BYTES, 'value_text'))
    return count
  }
}

function readStart(reader: Reader, size: number): { tensorCount: number; entryCount: number } {
  if (size < 4 || reader.u32() !== MAGIC) throw reader.refuse('not_gguf')
  const version = reader.u32()
  if (version === 0x0200_0000 || version === 0x0300_0000) throw reader.refuse('byte_order')
  if (version !== 2 && version !== 3) throw reader.refuse('version', String(version))
  return {
    tensorCount: reader.u64(MAX_TENSORS, 'tensor_count'),
    entryCount: reader.u64(MAX_ENTRIES, 'entry_count'),
  }
}

function readEntries(reader: Reader, count: number): Pick<GgufHeader, 'values' | 'lists'> {
  const values: GgufHeader['values'] = new Map()
  const lists: GgufHeader['lists'] = new Map()
  for (let index = 0; index < count; index++) {
    const key = reader.text(128, 'key_name')
    if (!KEY.test(key)) throw reader.refuse('key_name')
    if (values.has(key) || lists.has(key)) throw reader.refuse('key_twice', key)
    const kind = reader.u32()
    if (kind === KIND.list) lists.set(key, reader.skipList())
    else values.set(key, reader.scalar(kind))
  }
  return { values, lists }
}

function readTensor(reader: Reader): Tensor {
  const name = reader.text(MAX_TENSOR_NAME_BYTES, 'tensor_name')
  // ggml reads names as C does: what stands behind a zero byte would be another name to it than to us.
  if (name === '' || name.includes('\0')) throw reader.refuse('tensor_name')
  const rank = reader.u32()
  if (rank < 1 || rank > 4) throw reader.refuse('tensor_rank', `${name} with ${rank} dimensions`)
  const shape = Array.from({ length: rank }, () => reader.u64(MAX_DIMENSION, 'tensor_size'))
  const type = reader.u32()
  const [elements, blockBytes] = TENSOR_TYPES[type] ?? []
  if (!elements || !blockBytes) throw reader.refuse('tensor_type', `${name} of type ${type | 0}`)
  if ((shape[0] ?? 0) % elements !== 0) throw reader.refuse('tensor_block', `${name} ${shape.join('x')}`)
  let bytes = blockBytes / elements
  for (const length of shape) {
    bytes *= length
    if (length === 0 || bytes > MAX_TENSOR_BYTES)
      throw reader.refuse('tensor_size', `${name} ${shape.join('x')}`)
  }
  return { name, shape, type, bytes, offset: reader.u64(2 ** 52, 'tensor_offset') }
}

/** Tensors one after another without a gap, as every writer puts them and llama.cpp asks for; returns where they end. */
function checkLayout(reader: Reader, tensors: Iterable<Tensor>, alignment: number): number {
  let next = 0
  let end = 0
  for (const { name, offset, bytes } of tensors) {
    if (offset !== next) throw reader.refuse('tensor_offset', `${name} at ${offset}, not at ${next}`)
    end = offset + bytes
    next = Math.ceil(end / alignment) * alignment
  }
  return end
}

function alignmentOf(reader: Reader, { values, lists }: Pick<GgufHeader, 'values' | 'lists'>): number {
  const alignment = values.get('general.alignment') ?? 32
  const usable = typeof alignment === 'number' && alignment >= 8 && alignment <= 4_096
  if (!usable || !Number.isInteger(Math.log2(alignment)) || lists.has('general.alignment')) {
    throw reader.refuse('alignment', String(alignment))
  }
  return alignment
}

/** `bytes` may be no more than the file's start; `size` is the whole file's. */
export function readHeader(bytes: Uint8Array, size: number, code: FileProblemCode): GgufHeader {
  const reader = new Reader(bytes, code)
  const { tensorCount, entryCount } = readStart(reader, size)
  const entries = readEntries(reader, entryCount)
  const alignment = alignmentOf(reader, entries)
  const tensors: GgufHeader['tensors'] = new Map()
  for (let index = 0; index < tensorCount; index++) {
    const tensor = readTensor(reader)
    if (tensors.has(tensor.name)) throw reader.refuse('tensor_twice', tensor.name)
    tensors.set(tensor.name, tensor)
  }
  if (tensors.size === 0) throw reader.refuse('no_tensors')
  const dataOffset = Math.ceil(reader.at / alignment) * alignment
  const dataBytes = checkLayout(reader, tensors.values(), alignment)
  if (dataOffset + dataBytes > size)
    throw reader.refuse('data_cut', `${size} of ${dataOffset + dataBytes} bytes`)
  if (size > dataOffset + Math.ceil(dataBytes / alignment) * alignment) throw reader.refuse('trailing_data')
  return { ...entries, tensors, dataOffset, dataBytes }
}
