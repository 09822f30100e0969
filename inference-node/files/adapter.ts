/** A creator's adapter, before any native code sees it: a LoRA for this very base, whole, of plausible size. */
import type { BaseHeader } from './base.ts'
import { type Fault, refused } from './faults.ts'
import { type GgufHeader, readHeader, type Tensor } from './read-header.ts'
import { ADAPTER_TYPES } from './tensor-types.ts'

const MAX_RANK = 1_024

const refuse = (fault: Fault, got: string) => refused('adapter_invalid', fault, got)

export function checkAdapter(bytes: Uint8Array, base: Pick<BaseHeader, 'architecture' | 'tensors'>): void {
  const header = readHeader(bytes, bytes.length, 'adapter_invalid')
  checkKind(header, base.architecture)
  for (const tensor of header.tensors.values()) {
    if (!ADAPTER_TYPES.has(tensor.type)) throw refuse('adapter_type', `${tensor.name} of type ${tensor.type}`)
    checkPair(tensor, header, base)
  }
}

function checkKind({ values, lists }: GgufHeader, architecture: string): void {
  for (const [key, expected] of [
    ['general.type', 'adapter'],
    ['adapter.type', 'lora'],
  ] as const) {
    if (values.get(key) !== expected) throw refuse('file_kind', `${key} ${values.get(key) ?? 'missing'}`)
  }
  const named = values.get('general.architecture')
  if (named !== architecture) throw refuse('architecture', `${named ?? 'none'}, not ${architecture}`)
  const alpha = values.get('adapter.lora.alpha') ?? 0
  if (typeof alpha !== 'number' || !Number.isFinite(alpha)) throw refuse('alpha', String(alpha))
  // An adapter changes weights; whatever else llama.cpp might read from it comes from a stranger.
  const extra = [...values.keys(), ...lists.keys()].find(key =>
    /^(tokenizer|adapter\.alora|split)\./.test(key),
  )
  if (extra !== undefined) throw refuse('adapter_extra', extra)
}

function checkPair(tensor: Tensor, header: GgufHeader, base: Pick<BaseHeader, 'tensors'>): void {
  const name = /^(.+)\.lora_[ab]$/.exec(tensor.name)?.[1]
  const target = name === undefined ? undefined : base.tensors.get(name)
  if (name === undefined || !target || target.shape.length < 2) throw refuse('target_unknown', tensor.name)
  const a = header.tensors.get(`${name}.lora_a`)
  const b = header.tensors.get(`${name}.lora_b`)
  if (!a || !b) throw refuse('half_missing', tensor.name)
  const shapes = `${a.shape.join('x')} and ${b.shape.join('x')} for ${target.shape.join('x')}`
  if (a.shape.length !== target.shape.length || b.shape.length !== target.shape.length) {
    throw refuse('shape_mismatch', `${name}: ${shapes}`)
  }
  // Matrices of experts are stacked in the third dimension, which llama.cpp does not compare by itself.
  for (const at of [2, 3]) {
    if (a.shape[at] !== target.shape[at] || b.shape[at] !== target.shape[at]) {
      throw refuse('experts', `${name}: ${shapes}`)
    }
  }
  checkRank(name, target, { a, b }, shapes)
}

function checkRank(name: string, target: Tensor, { a, b }: { a: Tensor; b: Tensor }, shapes: string): void {
  const [inner, outer] = target.shape
  const embedding = name === 'token_embd.weight' // llama.cpp keeps these two the other way round.
  const [rankOfA, rankOfB] = embedding ? [a.shape[0], b.shape[0]] : [a.shape[1], b.shape[0]]
  if (rankOfA === undefined || rankOfA !== rankOfB || rankOfA > MAX_RANK) {
    throw refuse('rank', `${name}: ${shapes}`)
  }
  const fits = embedding
    ? a.shape[1] === outer && b.shape[1] === inner
    : a.shape[0] === inner && b.shape[1] === outer
  if (!fits) throw refuse('shape_mismatch', `${name}: ${shapes}`)
}
