/** Reads a GGUF's header within bounds and refuses what llama.cpp must not be shown: broken, truncated, foreign, oversized. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Problem, type ProblemCode } from '@grimoire/schema/problem'

type Tensor = { name: string; shape: number[]; type: number; offset: number }
export type GgufHeader = {
  values: Map<string, string | number | boolean>
  tensors: Map<string, Tensor>
  /** Where the tensors' data begins. */
  dataOffset: number
}

const MAX_HEADER_BYTES = 64 * 1024 * 1024
const MAX_ENTRIES = 65_536
const MAX_TENSORS = 65_536
const MAX_RANK = 1_024
/** Bytes of a metadata value by its kind number; 8 is a string, 9 an array. */
const VALUE_BYTES: Record<number, number> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}
/** Elements and bytes of a block, by ggml's type number: the types that adapters are written in. */
const ADAPTER_TYPES: Record<number, readonly [elements: number, bytes: number]> = {
  0: [1, 4],
  1: [1, 2],
  8: [32, 34],
  30: [1, 2],
}

class Reader {
  readonly #bytes: DataView
  readonly #code: ProblemCode
  at = 0

  constructor(bytes: Uint8Array, code: ProblemCode) {
    this.#bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#code = code
  }
  refuse(expected: string): Problem {
    return new Problem(this.#code, { got: `byte ${this.at}`, expected })
  }
  skip(length: number): number {
    const at = this.at
    if (length < 0 || at + length > this.#bytes.byteLength) throw this.refuse('a complete GGUF header')
    this.at += length
    return at
  }
  u32 = () => this.#bytes.getUint32(this.skip(4), true)
  u64(limit: number): number {
    const value = this.#bytes.getBigUint64(this.skip(8), true)
    if (value > BigInt(limit)) throw this.refuse(`a number of at most ${limit}`)
    return Number(value)
  }
  text(limit = 65_536): string {
    const length = this.u64(limit)
    const at = this.skip(length)
    return new TextDecoder().decode(new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length))
  }
  scalar(kind: number): string | number | boolean {
    if (kind === 8) return this.text(MAX_HEADER_BYTES)
    const length = VALUE_BYTES[kind]
    if (length === undefined) throw this.refuse('a known kind of metadata')
    const at = this.skip(length)
    if (kind === 4) return this.#bytes.getUint32(at, true)
    if (kind === 5) return this.#bytes.getInt32(at, true)
    if (kind === 6) return this.#bytes.getFloat32(at, true)
    if (kind === 7) return this.#bytes.getUint8(at) !== 0
    if (kind === 10) return Number(this.#bytes.getBigUint64(at, true))
    return 0
  }
  skipArray(): void {
    const kind = this.u32()
    const count = this.u64(MAX_HEADER_BYTES)
    const length = VALUE_BYTES[kind]
    if (length !== undefined) this.skip(length * count)
    else if (kind === 8) for (let index = 0; index < count; index++) this.skip(this.u64(MAX_HEADER_BYTES))
    else throw this.refuse('a list of plain metadata')
  }
}

export function readHeader(bytes: Uint8Array, code: ProblemCode): GgufHeader {
  const reader = new Reader(bytes, code)
  if (bytes.length < 24 || reader.u32() !== 0x4655_4747) throw reader.refuse('a GGUF file')
  const version = reader.u32()
  if (version !== 2 && version !== 3) throw reader.refuse('GGUF version 2 or 3')
  const tensorCount = reader.u64(MAX_TENSORS)
  const entryCount = reader.u64(MAX_ENTRIES)
  const values: GgufHeader['values'] = new Map()
  for (let index = 0; index < entryCount; index++) {
    const key = reader.text()
    const kind = reader.u32()
    if (kind === 9) reader.skipArray()
    else values.set(key, reader.scalar(kind))
  }
  const tensors: GgufHeader['tensors'] = new Map()
  for (let index = 0; index < tensorCount; index++) {
    const tensor = readTensor(reader)
    if (tensors.has(tensor.name)) throw reader.refuse('each tensor once')
    tensors.set(tensor.name, tensor)
  }
  const alignment = Number(values.get('general.alignment') ?? 32)
  if (!Number.isInteger(alignment) || alignment < 1 || alignment > 65_536)
    throw reader.refuse('a plausible alignment')
  return { values, tensors, dataOffset: Math.ceil(reader.at / alignment) * alignment }
}

function readTensor(reader: Reader): Tensor {
  const name = reader.text(256)
  const dimensions = reader.u32()
  if (dimensions < 1 || dimensions > 4) throw reader.refuse('one to four dimensions')
  const shape = Array.from({ length: dimensions }, () => reader.u64(2 ** 40))
  return { name, shape, type: reader.u32(), offset: reader.u64(2 ** 50) }
}

export type BaseHeader = { architecture: string; tensors: GgufHeader['tensors'] }

/** The operator's own model file: that it is there, is a GGUF with weights, and is not cut short. */
export function readBase(path: string): BaseHeader {
  const { bytes, size } = readStart(path)
  const header = readHeader(bytes, 'model_file_invalid')
  const refuse = (expected: string) => new Problem('model_file_invalid', { got: path, expected })
  const architecture = header.values.get('general.architecture')
  if (typeof architecture !== 'string') throw refuse('a GGUF that names its architecture')
  if (header.values.get('general.type') === 'adapter') throw refuse('a base model, not an adapter')
  if (header.tensors.size === 0) throw refuse('a GGUF with weights')
  const lastOffset = Math.max(...[...header.tensors.values()].map(tensor => tensor.offset))
  if (header.dataOffset + lastOffset >= size) throw refuse('a complete file; this one is cut short')
  return { architecture, tensors: header.tensors }
}

function readStart(path: string): { bytes: Uint8Array; size: number } {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (cause) {
    throw new Problem('model_file_invalid', { got: path, expected: 'a GGUF file that can be read', cause })
  }
  try {
    const { size } = fstatSync(fd)
    const bytes = new Uint8Array(Math.min(size, MAX_HEADER_BYTES))
    return { bytes: bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)), size }
  } finally {
    closeSync(fd)
  }
}

/** A creator's adapter, before any native code sees it: a LoRA for this base, every half present, all data inside. */
export function checkAdapter(bytes: Uint8Array, base: BaseHeader): void {
  const header = readHeader(bytes, 'adapter_invalid')
  const expect = (key: string, value: string) => {
    const got = header.values.get(key)
    if (got !== value)
      throw new Problem('adapter_invalid', { got: `${key} ${got ?? 'missing'}`, expected: value })
  }
  expect('general.type', 'adapter')
  expect('adapter.type', 'lora')
  expect('general.architecture', base.architecture)
  if (header.tensors.size === 0)
    throw new Problem('adapter_invalid', { expected: 'at least one pair of tensors' })
  for (const tensor of header.tensors.values()) {
    checkInside(tensor, header, bytes.length)
    checkPair(tensor, header, base)
  }
}

function checkInside(tensor: Tensor, header: GgufHeader, size: number): void {
  const [elements, bytes] = ADAPTER_TYPES[tensor.type] ?? []
  if (!elements || !bytes)
    throw new Problem('adapter_invalid', {
      got: `${tensor.name} of type ${tensor.type}`,
      expected: 'F32, F16, BF16 or Q8_0',
    })
  const count = tensor.shape.reduce((product, length) => product * length, 1)
  const end = header.dataOffset + tensor.offset + (count / elements) * bytes
  if ((tensor.shape[0] ?? 0) % elements !== 0 || end > size) {
    throw new Problem('adapter_invalid', { got: tensor.name, expected: 'data within the file' })
  }
}

function checkPair(tensor: Tensor, header: GgufHeader, base: BaseHeader): void {
  const [, name, half] = /^(.+)\.lora_([ab])$/.exec(tensor.name) ?? []
  const target = name === undefined ? undefined : base.tensors.get(name)
  const a = header.tensors.get(`${name}.lora_a`)
  const b = header.tensors.get(`${name}.lora_b`)
  if (
    !target ||
    !half ||
    !a ||
    !b ||
    target.shape.length !== 2 ||
    a.shape.length !== 2 ||
    b.shape.length !== 2
  ) {
    throw new Problem('adapter_invalid', {
      got: tensor.name,
      expected: 'pairs named after matrices of the base',
    })
  }
  const [inner, outer] = target.shape
  const embedding = name === 'token_embd.weight' // llama.cpp keeps these two the other way round.
  const rank = embedding ? a.shape[0] === b.shape[0] && a.shape[0] : a.shape[1] === b.shape[0] && a.shape[1]
  const fits = embedding
    ? a.shape[1] === outer && b.shape[1] === inner
    : a.shape[0] === inner && b.shape[1] === outer
  if (!fits || !rank || rank > MAX_RANK) {
    throw new Problem('adapter_invalid', {
      got: `${tensor.name} ${tensor.shape.join('x')}`,
      expected: `the shape of ${name} ${target.shape.join('x')}`,
    })
  }
}
