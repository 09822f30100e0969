/** Hostile files, each made by code for one known way to hurt a reader of GGUF, with the name under which it is refused. */
import type { Fault } from '../faults.ts'
import {
  adapterDraft,
  baseDraft,
  type Draft,
  type DraftTensor,
  entry,
  f32,
  KIND,
  listOf,
  number,
  text,
  u8,
  u32,
  u64,
  words,
  written,
} from './draft.ts'

export type Crafted = { name: string; as: 'base' | 'adapter'; fault: Fault; bytes: Uint8Array }

type Change = (draft: Draft) => Draft
const HUGE = 2n ** 63n
const put =
  (...entries: Draft['entries']): Change =>
  draft => ({
    ...draft,
    entries: [...draft.entries.filter(({ key }) => !entries.some(one => one.key === key)), ...entries],
  })
const drop =
  (key: string): Change =>
  draft => ({ ...draft, entries: draft.entries.filter(one => one.key !== key) })
const also =
  (...entries: Draft['entries']): Change =>
  draft => ({ ...draft, entries: [...draft.entries, ...entries] })
const tensor =
  (name: string, change: Partial<DraftTensor>): Change =>
  draft => ({
    ...draft,
    tensors: draft.tensors.map(one => (one.name === name ? { ...one, ...change } : one)),
  })
const add =
  (...tensors: DraftTensor[]): Change =>
  draft => ({ ...draft, tensors: [...draft.tensors, ...tensors] })
const set =
  (change: Partial<Draft>): Change =>
  draft => ({ ...draft, ...change })
const cut =
  (keep: (bytes: Uint8Array) => number) =>
  (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(0, keep(bytes))
const nested = (depth: number): Uint8Array =>
  depth === 0 ? listOf(KIND.u32, 1, u32(1)) : listOf(KIND.list, 1, nested(depth - 1))

const EMBEDDING = 'token_embd.weight'
const QUERY = 'blk.0.attn_q.weight'
const EXPERTS = 'blk.0.ffn_up_exps.weight'

/** What follows each name: the fault, and the change that makes the file. */
const BASES: Record<string, [Fault, Change]> = {
  'another magic': ['not_gguf', set({ magic: 'GGML' })],
  'big-endian': ['byte_order', set({ version: 0x0300_0000 })],
  'version 0': ['version', set({ version: 0 })],
  'version 1': ['version', set({ version: 1 })],
  'version of the future': ['version', set({ version: 99 })],
  'more tensors than bytes': ['tensor_count', set({ tensorCount: 2n ** 32n })],
  'tensor count that overflows an allocation': ['tensor_count', set({ tensorCount: HUGE / 8n })],
  'negative tensor count': ['tensor_count', set({ tensorCount: -1n })],
  'entries without an end': ['entry_count', set({ entryCount: 2n ** 40n })],
  'negative entry count': ['entry_count', set({ entryCount: -1n })],
  'one entry more than there is': ['tensor_name', set({ entryCount: 16 })],
  'empty key': ['key_name', also(number('', 1))],
  'key of a control character': ['key_name', also(number('a\u0000b', 1))],
  'key of 70,000 bytes': ['key_name', also(number('k'.repeat(70_000), 1))],
  'a key twice': ['key_twice', also(number('llama.block_count', 1))],
  'a list under the key of a value': [
    'key_twice',
    also(entry('llama.context_length', KIND.list, listOf(KIND.u32, 0))),
  ],
  'unknown kind': ['value_kind', also(entry('x', 13, u32(0)))],
  'negative kind': ['value_kind', also(entry('x', -1, u32(0)))],
  'a truth value of 2': ['value_bool', also(entry('x', KIND.bool, u8(2)))],
  'a text longer than memory': ['value_text', also(entry('x', KIND.text, text('a', 2n ** 62n)))],
  'a text of minus one': ['value_text', also(entry('x', KIND.text, text('a', -1n)))],
  'a text that is no UTF-8': [
    'value_text',
    also(entry('x', KIND.text, Buffer.concat([u64(2), Buffer.from([0xc3, 0x28])]))),
  ],
  'a list of a billion': ['list_size', also(entry('x', KIND.list, listOf(KIND.u32, 2 ** 30)))],
  'a list whose size overflows': ['list_size', also(entry('x', KIND.list, listOf(KIND.u64, HUGE)))],
  'a list of texts without an end': [
    'value_text',
    also(entry('x', KIND.list, listOf(KIND.text, 2, text('a'), text('b', HUGE)))),
  ],
  'a list of lists': ['list_kind', also(entry('x', KIND.list, nested(1)))],
  'lists nested a thousand deep': ['list_kind', also(entry('x', KIND.list, nested(1_000)))],
  'a list of an unknown kind': ['list_kind', also(entry('x', KIND.list, listOf(77, 1, u32(0))))],
  'alignment 0': ['alignment', put(number('general.alignment', 0))],
  'alignment 3': ['alignment', put(number('general.alignment', 3))],
  'alignment of gigabytes': ['alignment', put(number('general.alignment', 2 ** 31))],
  'alignment as text': ['alignment', put(words('general.alignment', '32'))],
  'alignment as a fraction': ['alignment', put(entry('general.alignment', KIND.f32, f32(32.5)))],
  'no tensors': ['no_tensors', set({ tensors: [] })],
  'tensor without a name': ['tensor_name', tensor(QUERY, { name: '' })],
  'tensor name of 64 bytes': ['tensor_name', tensor(QUERY, { name: 'q'.repeat(64) })],
  'tensor name longer than the file': ['tensor_name', tensor(QUERY, { nameLength: HUGE })],
  'tensor name with a zero inside': ['tensor_name', tensor(QUERY, { name: 'blk.0.attn_q\0.weight' })],
  'a tensor twice': ['tensor_twice', add({ name: QUERY, shape: [8, 8], type: 0 })],
  'five dimensions': ['tensor_rank', tensor(QUERY, { shape: [8, 1, 1, 1, 8] })],
  'dimensions beyond the array of four': ['tensor_rank', tensor(QUERY, { rank: 2 ** 31 })],
  'no dimension': ['tensor_rank', tensor(QUERY, { shape: [] })],
  'dimension 0': ['tensor_size', tensor(QUERY, { shape: [8, 0] })],
  'negative dimension': ['tensor_size', tensor(QUERY, { shape: [8, -1n] })],
  'dimensions whose product overflows': ['tensor_size', tensor(QUERY, { shape: [2 ** 30, 2 ** 30, 2 ** 4] })],
  'dimensions whose bytes overflow to few': ['tensor_size', tensor(QUERY, { shape: [2n ** 62n, 4] })],
  'rows that overflow with padding': ['tensor_size', tensor(QUERY, { shape: [2 ** 31 - 1, 2 ** 31 - 1] })],
  'negative type': ['tensor_type', tensor(QUERY, { type: -1 })],
  'type behind the last': ['tensor_type', tensor(QUERY, { type: 200 })],
  'type that was withdrawn': ['tensor_type', tensor(QUERY, { type: 4 })],
  'a row that is no whole block': ['tensor_block', tensor(QUERY, { type: 8 })],
  'offset behind the file': ['tensor_offset', tensor(QUERY, { offset: 2 ** 40 })],
  'offset that wraps around': ['tensor_offset', tensor(QUERY, { offset: -32n })],
  'offset into another tensor': ['tensor_offset', tensor(QUERY, { offset: 0 })],
  'offset off the alignment': ['tensor_offset', tensor('output_norm.weight', { offset: 257 })],
  'data that ends early': ['data_cut', set({ dataBytes: 700 })],
  'a size that reads the heap behind the data': [
    'data_cut',
    draft => set({ dataBytes: 1_600 })(tensor(EXPERTS, { shape: [8, 65_536, 4] })(draft)),
  ],
  'data behind the last tensor': ['trailing_data', set({ dataBytes: 65_536 })],
  'no architecture': ['architecture', drop('general.architecture')],
  'architecture as a number': ['architecture', put(number('general.architecture', 7))],
  'architecture with a path': ['architecture', put(words('general.architecture', '../../llama'))],
  'an adapter as a base': ['file_kind', put(words('general.type', 'adapter'))],
  'one part of several': ['split_file', also(number('split.count', 4))],
  'no block count': ['block_count', drop('llama.block_count')],
  'no block': ['block_count', put(number('llama.block_count', 0))],
  '513 blocks': ['block_count', put(number('llama.block_count', 513))],
  'four billion blocks': ['block_count', put(number('llama.block_count', 0xffff_ffff))],
  'block count as text': ['block_count', put(words('llama.block_count', '1'))],
  'a tensor of a block beyond the count': [
    'block_beyond',
    add({ name: 'blk.9.attn_q.weight', shape: [8, 8], type: 0 }),
  ],
  'no heads to divide by': ['setting_range', put(number('llama.attention.head_count', 0))],
  'a context of four billion': ['setting_range', put(number('llama.context_length', 0xffff_ffff))],
  'no width': ['setting_kind', drop('llama.embedding_length')],
  'width as text': ['setting_kind', put(words('llama.embedding_length', '8'))],
  'more experts than any array': ['setting_range', put(number('llama.expert_count', 1_000_000))],
  'more experts used than there are': ['experts', put(number('llama.expert_used_count', 5))],
  'fewer matrices than experts': ['experts', tensor(EXPERTS, { shape: [8, 16, 2] })],
  'an embedding of another width': ['width', tensor(EMBEDDING, { shape: [16, 8] })],
  'more tokens than rows': ['vocabulary', tensor(EMBEDDING, { shape: [8, 4] })],
  'fewer types than tokens': [
    'token_table',
    put(entry('tokenizer.ggml.token_type', KIND.list, listOf(KIND.i32, 1, u32(1)))),
  ],
  'an end token behind the vocabulary': ['token_id', put(number('tokenizer.ggml.eos_token_id', 8))],
}

const ADAPTERS: Record<string, [Fault, Change]> = {
  'a base as an adapter': ['file_kind', put(words('general.type', 'model'))],
  'an adapter of another kind': ['file_kind', put(words('adapter.type', 'control_vector'))],
  'an adapter for another architecture': ['architecture', put(words('general.architecture', 'gemma'))],
  'alpha that is no number': ['alpha', put(entry('adapter.lora.alpha', KIND.f32, f32(Number.NaN)))],
  'endless alpha': ['alpha', put(entry('adapter.lora.alpha', KIND.f32, f32(Number.POSITIVE_INFINITY)))],
  'a chat template in an adapter': [
    'adapter_extra',
    also(words('tokenizer.chat_template', '{{ cycler.__init__.__globals__ }}')),
  ],
  'trigger tokens beyond the vocabulary': [
    'adapter_extra',
    also(entry('adapter.alora.invocation_tokens', KIND.list, listOf(KIND.u32, 1, u32(2 ** 31)))),
  ],
  'a half without its other': ['half_missing', draft => ({ ...draft, tensors: draft.tensors.slice(0, 3) })],
  'a pair for nothing in the base': [
    'target_unknown',
    tensor(`${QUERY}.lora_a`, { name: 'blk.7.attn_q.weight.lora_a' }),
  ],
  'a tensor that is no half': [
    'target_unknown',
    add({ name: 'blk.0.attn_q.weight.extra', shape: [8], type: 0 }),
  ],
  'a pair for a vector': ['target_unknown', add({ name: 'output_norm.weight.lora_a', shape: [8], type: 0 })],
  'fewer experts than the base': [
    'experts',
    draft =>
      tensor(`${EXPERTS}.lora_b`, { shape: [2, 16, 2] })(
        tensor(`${EXPERTS}.lora_a`, { shape: [8, 2, 2] })(draft),
      ),
  ],
  'experts in one half only': ['experts', tensor(`${EXPERTS}.lora_b`, { shape: [2, 16, 1] })],
  'a stack of experts for a plain matrix': [
    'shape_mismatch',
    tensor(`${QUERY}.lora_a`, { shape: [8, 2, 4] }),
  ],
  'ranks that differ': ['rank', tensor(`${QUERY}.lora_b`, { shape: [4, 8] })],
  'a rank of thousands': [
    'rank',
    draft =>
      tensor(`${QUERY}.lora_b`, { shape: [4_096, 8] })(
        tensor(`${QUERY}.lora_a`, { shape: [8, 4_096] })(draft),
      ),
  ],
  'an input of another width': ['shape_mismatch', tensor(`${QUERY}.lora_a`, { shape: [16, 2] })],
  'an output of another width': ['shape_mismatch', tensor(`${QUERY}.lora_b`, { shape: [2, 4_096] })],
  'whole numbers as weights': ['adapter_type', tensor(`${QUERY}.lora_a`, { type: 24, shape: [8, 2] })],
  'an adapter cut short': ['data_cut', set({ dataBytes: 100 })],
  'an adapter with negative type': ['tensor_type', tensor(`${QUERY}.lora_a`, { type: -1 })],
  'an adapter with a dimension of minus one': ['tensor_size', tensor(`${QUERY}.lora_a`, { shape: [8, -1n] })],
}

const CUTS: Record<string, [Fault, (bytes: Uint8Array) => Uint8Array]> = {
  'an empty file': ['not_gguf', cut(() => 0)],
  'three bytes': ['not_gguf', cut(() => 3)],
  'nothing behind the magic': ['header_cut', cut(() => 4)],
  'counts cut in half': ['header_cut', cut(() => 20)],
  'cut within the metadata': ['header_cut', cut(() => 100)],
  'cut within a list of tokens': ['header_cut', cut(() => 560)],
  'one byte of data missing': ['data_cut', cut(bytes => bytes.length - 1)],
}

export const CRAFTED: readonly Crafted[] = [
  ...Object.entries(BASES).map(
    ([name, [fault, change]]): Crafted => ({ name, as: 'base', fault, bytes: written(change(baseDraft())) }),
  ),
  ...Object.entries(ADAPTERS).map(
    ([name, [fault, change]]): Crafted => ({
      name,
      as: 'adapter',
      fault,
      bytes: written(change(adapterDraft())),
    }),
  ),
  ...Object.entries(CUTS).map(
    ([name, [fault, change]]): Crafted => ({ name, as: 'base', fault, bytes: change(written(baseDraft())) }),
  ),
]
