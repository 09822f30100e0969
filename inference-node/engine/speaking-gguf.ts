/** A test fixture: a tiny GGUF whose weights are set so that each token is followed by the one that a test wants to hear. */
import { baseEntries, CHATML, floats, gaussian, gguf, type Tensor, tokenizer } from './random-gguf.ts'

/** What comes after what: a character of the prompt, or a piece that was spoken before. */
export type Follows = readonly (readonly [after: string, piece: string])[]

const WIDTH = 128
const FEED_FORWARD = 64
/** How much surer the model is of what follows than of anything else. */
const SURE = 4

/** Ends an answer. */
export const THE_END = '<|im_end|>'
/** What ChatML writes last before an answer. */
export const BEGINNING = '\n'

/**
 * Its one layer adds nothing, so what is said depends on the last token alone: the output matrix maps the embedding of
 * each to what follows it. Real llama.cpp samples from it, within a grammar where there is one.
 */
export function speakingBase(follows: Follows, contextTokens = 1_024): Buffer {
  const single = (text: string) => text.length === 1 || text === THE_END
  const spoken = [...new Set(follows.flat().filter(text => !single(text)))]
  const words = tokenizer(CHATML, 0, spoken)
  const embeddings = gaussian(3)(WIDTH * words.size, 1)
  const output = new Float32Array(WIDTH * words.size)
  for (const [after, piece] of follows) {
    const [from, to] = [words.idOf(after) * WIDTH, words.idOf(piece) * WIDTH]
    for (let at = 0; at < WIDTH; at++)
      output[to + at] = (output[to + at] ?? 0) + SURE * (embeddings[from + at] ?? 0)
  }
  const tensor = (name: string, shape: number[], data: Float32Array): Tensor => ({
    name,
    shape,
    ...floats(data),
  })
  const nothing = (name: string, from: number, to: number) =>
    tensor(`blk.0.${name}.weight`, [from, to], new Float32Array(from * to))
  const ones = (name: string) => tensor(name, [WIDTH], new Float32Array(WIDTH).fill(1))
  const tensors = [
    tensor('token_embd.weight', [WIDTH, words.size], embeddings),
    tensor('output.weight', [WIDTH, words.size], output),
    ...['output_norm.weight', 'blk.0.attn_norm.weight', 'blk.0.ffn_norm.weight'].map(ones),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map(name => nothing(name, WIDTH, WIDTH)),
    ...['ffn_gate', 'ffn_up'].map(name => nothing(name, WIDTH, FEED_FORWARD)),
    nothing('ffn_down', FEED_FORWARD, WIDTH),
  ]
  const shape = {
    width: WIDTH,
    layers: 1,
    contextTokens,
    words: words.size,
    heads: 4,
    feedForward: FEED_FORWARD,
  }
  return gguf([...baseEntries(shape, false), ...words.entries], tensors)
}
