/** A test fixture: tiny GGUF models and adapters with seeded random weights, for everything but the quality of an answer. */

const KIND = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const
type Scalar = Exclude<keyof typeof KIND, 'array'>
type Entry = readonly [key: string, kind: Scalar, value: number | string | boolean]
type List = readonly [key: string, kind: 'array', of: Scalar, values: readonly (number | string)[]]
export type Tensor = { name: string; shape: number[]; type: number; data: Uint8Array }

/** As ggml numbers them. */
const TYPES = { f32: 0, q8_0: 8 } as const
/** Of ggml's q8_0: 32 weights share a 16-bit scale. */
const BLOCK = 32
export const floats = (values: Float32Array) => ({ type: TYPES.f32, data: new Uint8Array(values.buffer) })

const ALIGNMENT = 32
const padding = (length: number) => (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT

class Writer {
  readonly chunks: Buffer[] = []
  put(size: number, write: (buffer: Buffer) => void) {
    const buffer = Buffer.alloc(size)
    write(buffer)
    this.chunks.push(buffer)
  }
  u32 = (value: number) => this.put(4, buffer => buffer.writeUInt32LE(value))
  u64 = (value: number) => this.put(8, buffer => buffer.writeBigUInt64LE(BigInt(value)))
  text(value: string) {
    this.u64(Buffer.byteLength(value))
    this.chunks.push(Buffer.from(value))
  }
  scalar(kind: Scalar, value: number | string | boolean) {
    if (kind === 'string') this.text(String(value))
    else if (kind === 'bool') this.chunks.push(Buffer.from([value ? 1 : 0]))
    else if (kind === 'f32') this.put(4, buffer => buffer.writeFloatLE(Number(value)))
    else if (kind === 'i32') this.put(4, buffer => buffer.writeInt32LE(Number(value)))
    else this.u32(Number(value))
  }
}

export function gguf(entries: readonly (Entry | List)[], tensors: readonly Tensor[]): Buffer {
  const out = new Writer()
  out.chunks.push(Buffer.from('GGUF'))
  out.u32(3)
  out.u64(tensors.length)
  out.u64(entries.length)
  for (const entry of entries) {
    out.text(entry[0])
    out.u32(KIND[entry[1]])
    if (entry[1] === 'array') {
      out.u32(KIND[entry[2]])
      out.u64(entry[3].length)
      for (const value of entry[3]) out.scalar(entry[2], value)
    } else out.scalar(entry[1], entry[2])
  }
  let offset = 0
  for (const { name, shape, type, data } of tensors) {
    out.text(name)
    out.u32(shape.length)
    for (const length of shape) out.u64(length)
    out.u32(type)
    out.u64(offset)
    offset += data.byteLength + padding(data.byteLength)
  }
  const head = Buffer.concat(out.chunks)
  const body = tensors.flatMap(({ data }) => [
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    Buffer.alloc(padding(data.byteLength)),
  ])
  return Buffer.concat([head, Buffer.alloc(padding(head.length)), ...body])
}

export function gaussian(seed: number) {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return (length: number, deviation: number) =>
    Float32Array.from(
      { length },
      () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform()) * deviation,
    )
}

export const CHATML =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** The 256 byte tokens of GPT-2's tokenizer, two merges, words that only an answer may hold, and ChatML's control tokens. */
export function tokenizer(template: string, words: number, spoken: readonly string[] = []) {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  let next = 256
  const bytes = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : next++),
  )
  const invented = Array.from({ length: words }, (_, index) => `Ġw${index.toString(26)}`)
  const asBytes = (text: string) => [...Buffer.from(text)].map(byte => bytes[byte]).join('')
  const tokens = [
    ...bytes,
    'Ġt',
    'he',
    ...invented,
    ...spoken.map(asBytes),
    '<|endoftext|>',
    '<|im_start|>',
    '<|im_end|>',
  ]
  const end = tokens.length - 1
  return {
    idOf: (text: string) => tokens.indexOf(text.startsWith('<|') ? text : asBytes(text)),
    size: tokens.length,
    entries: [
      ['tokenizer.ggml.model', 'string', 'gpt2'],
      ['tokenizer.ggml.pre', 'string', 'gpt-2'],
      ['tokenizer.ggml.tokens', 'array', 'string', tokens],
      ['tokenizer.ggml.token_type', 'array', 'i32', tokens.map((_, index) => (index > end - 3 ? 3 : 1))],
      ['tokenizer.ggml.merges', 'array', 'string', ['Ġ t', 'h e']],
      ['tokenizer.ggml.bos_token_id', 'u32', end - 2],
      ['tokenizer.ggml.eos_token_id', 'u32', end],
      ['tokenizer.ggml.padding_token_id', 'u32', end - 2],
      ['tokenizer.ggml.add_bos_token', 'bool', false],
      ['tokenizer.ggml.add_eos_token', 'bool', false],
      ['tokenizer.chat_template', 'string', template],
    ] satisfies (Entry | List)[] as (Entry | List)[],
  }
}

export type RandomModel = {
  seed?: number
  width?: number
  layers?: number
  contextTokens?: number
  architecture?: string
  /** Of an adapter: text that its file carries beside the weights. */
  name?: string
  template?: string
  heads?: number
  feedForward?: number
  /** Beside the bytes, so that a model may have the vocabulary of a real one. */
  words?: number
  /** Weights of 8 bits, as served models have them: for measuring. */
  quantized?: boolean
  /** Of an adapter. */
  rank?: number
}

/** The quantiles do not matter for speed, so that even 110 million weights are made in a second. */
function quantizedMatrix(seed: number, from: number, to: number): Uint8Array {
  const data = new Uint8Array((from * to * (BLOCK + 2)) / BLOCK)
  let state = seed | 1
  const words = new Uint32Array(data.buffer, 0, Math.floor(data.byteLength / 4))
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  // 16-bit float of about 2 / 74 / sqrt(from): even numbers of 8 bits have a deviation of 74.
  const scale = halfFloat(2 / 74 / Math.sqrt(from))
  const view = new DataView(data.buffer)
  for (let at = 0; at < data.byteLength; at += BLOCK + 2) view.setUint16(at, scale, true)
  return data
}

/** For positive normal numbers. */
function halfFloat(value: number): number {
  const exponent = Math.floor(Math.log2(value))
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1_024)
}

export function randomBase(model: RandomModel = {}): Buffer {
  const { seed = 1, width = 64, layers = 2, contextTokens = 1_024, template = CHATML } = model
  const { heads = 4, feedForward = width * 3, quantized = false } = model
  const random = gaussian(seed)
  const words = tokenizer(template, model.words ?? 0)
  let made = seed
  const matrix = (name: string, from: number, to: number): Tensor => ({
    ...{ name, shape: [from, to] },
    ...(quantized
      ? { type: TYPES.q8_0, data: quantizedMatrix(++made * 7_919, from, to) }
      : floats(random(from * to, 2 / Math.sqrt(from)))),
  })
  const ones = (name: string): Tensor => ({
    ...{ name, shape: [width] },
    ...floats(new Float32Array(width).fill(1)),
  })
  const tensors = [matrix('token_embd.weight', width, words.size), ones('output_norm.weight')]
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string) => `blk.${layer}.${name}.weight`
    tensors.push(ones(at('attn_norm')), ones(at('ffn_norm')))
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output'])
      tensors.push(matrix(at(name), width, width))
    for (const name of ['ffn_gate', 'ffn_up']) tensors.push(matrix(at(name), width, feedForward))
    tensors.push(matrix(at('ffn_down'), feedForward, width))
  }
  const shape = { width, layers, contextTokens, words: words.size, heads, feedForward }
  return gguf([...baseEntries(shape, quantized), ...words.entries], tensors)
}

type Shape = {
  width: number
  layers: number
  contextTokens: number
  words: number
  heads: number
  feedForward: number
}

export function baseEntries(shape: Shape, quantized: boolean): Entry[] {
  const { width, layers, contextTokens, words, heads, feedForward } = shape
  const number = (key: string, value: number): Entry => [`llama.${key}`, 'u32', value]
  return [
    ['general.architecture', 'string', 'llama'],
    ['general.type', 'string', 'model'],
    ['general.name', 'string', 'random'],
    ['general.file_type', 'u32', quantized ? 7 : 0],
    ...(quantized ? [['general.quantization_version', 'u32', 2] as const] : []),
    number('vocab_size', words),
    number('context_length', contextTokens),
    number('embedding_length', width),
    number('block_count', layers),
    number('feed_forward_length', feedForward),
    number('attention.head_count', heads),
    number('attention.head_count_kv', heads),
    number('rope.dimension_count', width / heads),
    ['llama.rope.freq_base', 'f32', 10_000],
    ['llama.attention.layer_norm_rms_epsilon', 'f32', 1e-5],
  ]
}

/** A LoRA for the queries and values of `randomBase`, strong enough to change every answer. */
export function randomAdapter({
  seed = 7,
  width = 64,
  layers = 2,
  architecture = 'llama',
  rank = 4,
  name = 'random adapter',
}: RandomModel = {}): Buffer {
  const random = gaussian(seed)
  const tensors = Array.from({ length: layers }, (_, layer) =>
    ['attn_q', 'attn_v'].flatMap((name): Tensor[] => [
      {
        name: `blk.${layer}.${name}.weight.lora_a`,
        shape: [width, rank],
        ...floats(random(width * rank, 1 / Math.sqrt(width))),
      },
      {
        name: `blk.${layer}.${name}.weight.lora_b`,
        shape: [rank, width],
        ...floats(random(rank * width, 0.3)),
      },
    ]),
  ).flat()
  return gguf(
    [
      ['general.architecture', 'string', architecture],
      ['general.type', 'string', 'adapter'],
      ['general.name', 'string', name],
      ['adapter.type', 'string', 'lora'],
      ['adapter.lora.alpha', 'f32', 16],
    ],
    tensors,
  )
}
