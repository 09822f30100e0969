/** A test fixture: tiny GGUF models and adapters with seeded random weights, for everything but the quality of an answer. */

const KIND = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const
type Scalar = Exclude<keyof typeof KIND, 'array'>
type Entry = readonly [key: string, kind: Scalar, value: number | string | boolean]
type List = readonly [key: string, kind: 'array', of: Scalar, values: readonly (number | string)[]]
type Tensor = { name: string; shape: number[]; data: Float32Array }

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

function gguf(entries: readonly (Entry | List)[], tensors: readonly Tensor[]): Buffer {
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
  for (const { name, shape, data } of tensors) {
    out.text(name)
    out.u32(shape.length)
    for (const length of shape) out.u64(length)
    out.u32(0)
    out.u64(offset)
    offset += data.byteLength + padding(data.byteLength)
  }
  const head = Buffer.concat(out.chunks)
  const body = tensors.flatMap(({ data }) => [
    Buffer.from(data.buffer),
    Buffer.alloc(padding(data.byteLength)),
  ])
  return Buffer.concat([head, Buffer.alloc(padding(head.length)), ...body])
}

function gaussian(seed: number) {
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

const CHATML =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** The 256 byte tokens of GPT-2's tokenizer, two merges, and the three control tokens of ChatML. */
function tokenizer(template: string): { size: number; entries: (Entry | List)[] } {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  let next = 256
  const bytes = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : next++),
  )
  const tokens = [...bytes, 'Ġt', 'he', '<|endoftext|>', '<|im_start|>', '<|im_end|>']
  const end = tokens.length - 1
  return {
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
    ],
  }
}

export type RandomModel = {
  seed?: number
  width?: number
  layers?: number
  contextTokens?: number
  architecture?: string
  template?: string
}

const HEADS = 4
const FEED_FORWARD = 3

export function randomBase({
  seed = 1,
  width = 64,
  layers = 2,
  contextTokens = 1_024,
  template = CHATML,
}: RandomModel = {}): Buffer {
  const random = gaussian(seed)
  const words = tokenizer(template)
  const matrix = (name: string, from: number, to: number): Tensor => ({
    name,
    shape: [from, to],
    data: random(from * to, 2 / Math.sqrt(from)),
  })
  const ones = (name: string): Tensor => ({ name, shape: [width], data: new Float32Array(width).fill(1) })
  const tensors = [matrix('token_embd.weight', width, words.size), ones('output_norm.weight')]
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string) => `blk.${layer}.${name}.weight`
    tensors.push(ones(at('attn_norm')), ones(at('ffn_norm')))
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output'])
      tensors.push(matrix(at(name), width, width))
    for (const name of ['ffn_gate', 'ffn_up']) tensors.push(matrix(at(name), width, width * FEED_FORWARD))
    tensors.push(matrix(at('ffn_down'), width * FEED_FORWARD, width))
  }
  return gguf(
    [...baseEntries({ width, layers, contextTokens, words: words.size }), ...words.entries],
    tensors,
  )
}

function baseEntries(shape: {
  width: number
  layers: number
  contextTokens: number
  words: number
}): Entry[] {
  const { width, layers, contextTokens, words } = shape
  const number = (key: string, value: number): Entry => [`llama.${key}`, 'u32', value]
  return [
    ['general.architecture', 'string', 'llama'],
    ['general.type', 'string', 'model'],
    ['general.name', 'string', 'random'],
    ['general.file_type', 'u32', 0],
    number('vocab_size', words),
    number('context_length', contextTokens),
    number('embedding_length', width),
    number('block_count', layers),
    number('feed_forward_length', width * FEED_FORWARD),
    number('attention.head_count', HEADS),
    number('attention.head_count_kv', HEADS),
    number('rope.dimension_count', width / HEADS),
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
}: RandomModel = {}): Buffer {
  const random = gaussian(seed)
  const rank = 4
  const tensors = Array.from({ length: layers }, (_, layer) =>
    ['attn_q', 'attn_v'].flatMap((name): Tensor[] => [
      {
        name: `blk.${layer}.${name}.weight.lora_a`,
        shape: [width, rank],
        data: random(width * rank, 1 / Math.sqrt(width)),
      },
      { name: `blk.${layer}.${name}.weight.lora_b`, shape: [rank, width], data: random(rank * width, 0.3) },
    ]),
  ).flat()
  return gguf(
    [
      ['general.architecture', 'string', architecture],
      ['general.type', 'string', 'adapter'],
      ['general.name', 'string', 'random adapter'],
      ['adapter.type', 'string', 'lora'],
      ['adapter.lora.alpha', 'f32', 16],
    ],
    tensors,
  )
}
