/** Writes GGUF files that lie: a draft is a small honest file whose every count, length, type and offset can be changed. */

type Entry = { key: string; kind: number; value: Uint8Array }
export type DraftTensor = {
  name: string
  shape: (number | bigint)[]
  type: number
  offset?: number | bigint
  /** What `shape.length` is said to be. */
  rank?: number
  nameLength?: number | bigint
}
export type Draft = {
  magic: string
  version: number
  entryCount?: number | bigint
  tensorCount?: number | bigint
  entries: Entry[]
  tensors: DraftTensor[]
  alignment: number
  /** Bytes of data; by default as many as the tensors need. */
  dataBytes?: number
}

const buffer = (size: number, write: (view: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}
export const u8 = (value: number) => Uint8Array.of(value)
export const u32 = (value: number) => buffer(4, view => view.setUint32(0, value >>> 0, true))
export const u64 = (value: number | bigint) =>
  buffer(8, view => view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true))
export const f32 = (value: number) => buffer(4, view => view.setFloat32(0, value, true))
export const text = (value: string, length?: number | bigint): Uint8Array => {
  const bytes = new TextEncoder().encode(value)
  return Buffer.concat([u64(length ?? bytes.length), bytes])
}
export const listOf = (kind: number, count: number | bigint, ...values: Uint8Array[]): Uint8Array =>
  Buffer.concat([u32(kind), u64(count), ...values])

export const KIND = { u8: 0, u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9, u64: 10 } as const

export const entry = (key: string, kind: number, value: Uint8Array): Entry => ({ key, kind, value })
export const words = (key: string, value: string): Entry => entry(key, KIND.text, text(value))
export const number = (key: string, value: number): Entry => entry(key, KIND.u32, u32(value))

const BYTES: Record<number, number> = { 0: 4, 1: 2 }
const sizeOf = ({ shape, type }: DraftTensor): number =>
  shape.reduce((product: number, length) => product * Number(length), 1) * (BYTES[type] ?? 1)
const padded = (size: number, alignment: number) =>
  alignment > 0 && Number.isSafeInteger(size) ? Math.ceil(size / alignment) * alignment : size

export function written(draft: Draft): Uint8Array {
  const { entries, tensors, alignment } = draft
  const parts: Uint8Array[] = [
    Buffer.from(draft.magic, 'latin1'),
    u32(draft.version),
    u64(draft.tensorCount ?? tensors.length),
    u64(draft.entryCount ?? entries.length),
    ...entries.flatMap(({ key, kind, value }) => [text(key), u32(kind), value]),
  ]
  let offset = 0
  for (const tensor of tensors) {
    const { name, shape, type, rank = shape.length, nameLength } = tensor
    parts.push(text(name, nameLength), u32(rank), ...shape.map(u64), u32(type), u64(tensor.offset ?? offset))
    offset = padded(offset + sizeOf(tensor), alignment)
  }
  const head = Buffer.concat(parts)
  const data = draft.dataBytes ?? Math.min(offset, 1_048_576)
  return Buffer.concat([head, Buffer.alloc(padded(head.length, alignment) - head.length + data)])
}

const TOKENS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', '<s>']

export const baseDraft = (): Draft => ({
  ...{ magic: 'GGUF', version: 3, alignment: 32 },
  entries: [
    words('general.architecture', 'llama'),
    words('general.type', 'model'),
    number('llama.block_count', 1),
    number('llama.context_length', 64),
    number('llama.embedding_length', 8),
    number('llama.feed_forward_length', 16),
    number('llama.attention.head_count', 2),
    number('llama.attention.head_count_kv', 2),
    number('llama.expert_count', 4),
    number('llama.expert_used_count', 2),
    words('tokenizer.ggml.model', 'gpt2'),
    entry('tokenizer.ggml.tokens', KIND.list, listOf(KIND.text, 8, ...TOKENS.map(token => text(token)))),
    entry('tokenizer.ggml.token_type', KIND.list, listOf(KIND.i32, 8, ...TOKENS.map(() => u32(1)))),
    number('tokenizer.ggml.eos_token_id', 7),
    entry('tokenizer.ggml.add_bos_token', KIND.bool, u8(0)),
  ],
  tensors: [
    { name: 'token_embd.weight', shape: [8, 8], type: 0 },
    { name: 'output_norm.weight', shape: [8], type: 0 },
    { name: 'blk.0.attn_q.weight', shape: [8, 8], type: 0 },
    { name: 'blk.0.ffn_up_exps.weight', shape: [8, 16, 4], type: 1 },
  ],
})

export const adapterDraft = (): Draft => ({
  ...{ magic: 'GGUF', version: 3, alignment: 32 },
  entries: [
    words('general.architecture', 'llama'),
    words('general.type', 'adapter'),
    words('adapter.type', 'lora'),
    entry('adapter.lora.alpha', KIND.f32, f32(16)),
  ],
  tensors: [
    { name: 'blk.0.attn_q.weight.lora_a', shape: [8, 2], type: 0 },
    { name: 'blk.0.attn_q.weight.lora_b', shape: [2, 8], type: 0 },
    { name: 'blk.0.ffn_up_exps.weight.lora_a', shape: [8, 2, 4], type: 0 },
    { name: 'blk.0.ffn_up_exps.weight.lora_b', shape: [2, 16, 4], type: 0 },
  ],
})
