/** The base model's file, before llama.cpp maps it: whole, consistent with itself, and within the memory of this node. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Problem } from '@grimoire/schema/problem'
import { type Fault, refused } from './faults.ts'
import { type GgufHeader, MAX_HEADER_BYTES, readHeader } from './read-header.ts'

export type BaseHeader = {
  architecture: string
  tensors: GgufHeader['tensors']
  /** Of all tensors: about what the weights take in memory. */
  weightBytes: number
  blocks: number
  /** Of the keys and values that one token of one conversation takes, at 16 bits. */
  cacheBytesPerToken: number
  trainedContextTokens: number
  chatTemplate: string | undefined
}

/** llama.cpp keeps layers in arrays of this length, and once wrote behind their end. */
const MAX_BLOCKS = 512

type Setting = { max: number; min?: number; needed?: boolean }
/** By the key behind the architecture. What is missing is llama.cpp's to miss; what is absurd is refused here. */
const SETTINGS: Record<string, Setting> = {
  context_length: { min: 1, max: 2 ** 27 },
  embedding_length: { min: 1, max: 2 ** 20, needed: true },
  feed_forward_length: { max: 2 ** 24 },
  'attention.head_count': { min: 1, max: 4_096 },
  'attention.head_count_kv': { max: 4_096 },
  'attention.key_length': { min: 1, max: 2 ** 16 },
  'attention.value_length': { min: 1, max: 2 ** 16 },
  'rope.dimension_count': { max: 2 ** 16 },
  vocab_size: { min: 1, max: 2 ** 22 },
  expert_count: { max: 1_024 },
  expert_used_count: { max: 1_024 },
}
const TOKEN_IDS = ['bos', 'eos', 'eot', 'unknown', 'padding', 'separator', 'mask']
const TOKEN_TABLES = ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type']

const refuse = (fault: Fault, got: string) => refused('model_file_invalid', fault, got)

/** A file of the operator's, by its path. */
export function readBase(path: string): BaseHeader {
  const { bytes, size } = readStart(path)
  return checkBase(bytes, size)
}

export function checkBase(bytes: Uint8Array, size: number): BaseHeader {
  const header = readHeader(bytes, size, 'model_file_invalid')
  const { values, tensors } = header
  const architecture = values.get('general.architecture')
  if (typeof architecture !== 'string' || !/^[a-z0-9_-]{1,64}$/.test(architecture)) {
    throw refuse('architecture', String(architecture))
  }
  const kind = values.get('general.type') ?? 'model'
  if (kind !== 'model') throw refuse('file_kind', String(kind))
  if (Number(values.get('split.count') ?? 1) > 1)
    throw refuse('split_file', String(values.get('split.count')))
  const blocks = blocksOf(header, architecture)
  checkSettings(header, architecture)
  checkVocabulary(header, architecture)
  checkExperts(header, architecture)
  const chatTemplate = values.get('tokenizer.chat_template')
  return {
    ...{ architecture, tensors, blocks, weightBytes: header.dataBytes },
    trainedContextTokens: numberOf(header, `${architecture}.context_length`) ?? 0,
    cacheBytesPerToken: cacheBytesPerToken(header, architecture, blocks),
    chatTemplate: typeof chatTemplate === 'string' ? chatTemplate : undefined,
  }
}

const numberOf = ({ values }: GgufHeader, key: string): number | undefined => {
  const value = values.get(key)
  return typeof value === 'number' ? value : undefined
}

function blocksOf(header: GgufHeader, architecture: string): number {
  const blocks = numberOf(header, `${architecture}.block_count`)
  if (blocks === undefined || !Number.isInteger(blocks) || blocks < 1 || blocks > MAX_BLOCKS) {
    throw refuse('block_count', String(blocks))
  }
  for (const name of header.tensors.keys()) {
    const number = /^blk\.(\d+)\./.exec(name)?.[1]
    if (number !== undefined && Number(number) >= blocks) throw refuse('block_beyond', name)
  }
  return blocks
}

function checkSettings(header: GgufHeader, architecture: string): void {
  for (const [name, { min = 0, max, needed = false }] of Object.entries(SETTINGS)) {
    const key = `${architecture}.${name}`
    const value = header.values.get(key)
    if (value === undefined && (!needed || header.lists.has(key))) continue // Some models set one value a block.
    if (typeof value !== 'number') throw refuse('setting_kind', key)
    if (!Number.isInteger(value) || value < min || value > max)
      throw refuse('setting_range', `${key} ${value}`)
  }
}

function checkVocabulary(header: GgufHeader, architecture: string): void {
  const embedding = header.tensors.get('token_embd.weight')
  const width = numberOf(header, `${architecture}.embedding_length`)
  if (embedding && width !== undefined && embedding.shape[0] !== width) {
    throw refuse('width', `${embedding.shape[0]}, not ${width}`)
  }
  const tokens = header.lists.get('tokenizer.ggml.tokens')
  if (tokens === undefined) return
  if (embedding && embedding.shape[1] !== tokens) {
    throw refuse('vocabulary', `${tokens} tokens, ${embedding.shape[1]} rows`)
  }
  for (const table of TOKEN_TABLES) {
    const length = header.lists.get(table)
    if (length !== undefined && length !== tokens) throw refuse('token_table', `${table} of ${length}`)
  }
  for (const name of TOKEN_IDS) {
    const id = header.values.get(`tokenizer.ggml.${name}_token_id`)
    // llama.cpp writes "none" as the largest 32-bit number.
    if (id === undefined || id === 0xffff_ffff || id === -1) continue
    if (typeof id !== 'number' || id < 0 || id >= tokens) throw refuse('token_id', `${name} ${id}`)
  }
}

function checkExperts(header: GgufHeader, architecture: string): void {
  const experts = numberOf(header, `${architecture}.expert_count`) ?? 0
  const used = numberOf(header, `${architecture}.expert_used_count`) ?? 0
  if (used > experts) throw refuse('experts', `${used} used of ${experts}`)
  for (const { name, shape } of header.tensors.values()) {
    if (/_exps\.weight$/.test(name) && shape[2] !== experts) {
      throw refuse('experts', `${name} ${shape.join('x')}, ${experts} experts`)
    }
  }
}

function cacheBytesPerToken(header: GgufHeader, architecture: string, blocks: number): number {
  const of = (name: string) => numberOf(header, `${architecture}.${name}`)
  const width = of('embedding_length') ?? 0
  const heads = of('attention.head_count') ?? 1
  const keyWidth = of('attention.key_length') ?? width / heads
  const valueWidth = of('attention.value_length') ?? keyWidth
  return blocks * (of('attention.head_count_kv') ?? heads) * (keyWidth + valueWidth) * 2
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
