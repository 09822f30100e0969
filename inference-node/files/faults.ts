/** Every reason for which a model file or an adapter is refused, each under its own name, before native code sees it. */
import { Problem, type ProblemCode } from '@grimoire/schema/problem'

export const FAULTS = {
  not_gguf: 'a GGUF file',
  byte_order: 'a little-endian GGUF',
  version: 'GGUF version 2 or 3',
  header_cut: 'a complete GGUF header',
  header_size: 'a header within the limit',
  entry_count: 'a plausible number of metadata entries',
  tensor_count: 'a plausible number of tensors',
  key_name: 'a key of up to 128 letters, digits, dots, dashes and underscores',
  key_twice: 'each key once',
  value_kind: 'a known kind of metadata',
  value_bool: 'a truth value of 0 or 1',
  value_text: 'text in UTF-8 within the limit',
  list_kind: 'a list of plain metadata, not of lists',
  list_size: 'a list within the limit',
  alignment: 'an alignment that is a power of two from 8 to 4096',
  tensor_name: 'a tensor name of 1 to 63 bytes',
  tensor_twice: 'each tensor once',
  tensor_rank: 'one to four dimensions',
  tensor_size: 'dimensions whose product is a plausible size',
  tensor_type: 'a tensor type that llama.cpp reads today',
  tensor_block: 'rows of whole blocks of the type',
  tensor_offset: 'each tensor right behind the one before it',
  data_cut: 'all of the tensors’ data; this file is cut short',
  architecture: 'a named architecture',
  file_kind: 'a file of the kind that is asked for',
  no_tensors: 'a GGUF with weights',
  split_file: 'one whole file, not one part of several',
  setting_kind: 'a setting of the expected kind',
  setting_range: 'a setting within its range',
  block_count: 'a number of blocks from 1 to 512',
  block_beyond: 'no tensor of a block beyond the block count',
  vocabulary: 'one row of the embedding for each token',
  token_table: 'as many scores and types as tokens',
  token_id: 'special tokens that are in the vocabulary',
  width: 'an embedding as wide as the model says',
  experts: 'as many matrices as the model has experts',
  half_missing: 'both halves of each pair of an adapter',
  target_unknown: 'pairs named after matrices of the base',
  shape_mismatch: 'the shape of the base’s matrix',
  rank: 'a rank from 1 to 1024, the same in both halves',
  alpha: 'a finite alpha',
  adapter_type: 'a tensor of an adapter as F32, F16, BF16 or Q8_0',
  adapter_extra: 'an adapter without a tokenizer, a template or trigger tokens',
  trailing_data: 'no data behind the last tensor',
  over_budget: 'a file within the memory that this node may use',
} as const

export type Fault = keyof typeof FAULTS
export type FileProblemCode = Extract<ProblemCode, 'model_file_invalid' | 'adapter_invalid'>

/** A refusal whose name a program can read, as the extension member `fault`. */
export const refused = (code: FileProblemCode, fault: Fault, got: string): Problem =>
  new Problem(code, { got: `${fault}: ${got}`, expected: FAULTS[fault], extra: { fault } })
