/** The name by which an OpenAI client asks for a work: `grimoire:<chainId>:<works>:<workId>[@version]`. */
import { getAddress } from 'viem'
import { address, type Hex, workIdText } from './hex.ts'
import { Problem } from './problem.ts'

export type ModelId = { chainId: number; works: Hex; workId: string; version?: number }

const PATTERN = /^grimoire:(\d{1,15}):(0x[0-9a-fA-F]{40}):(\d{1,78})(?:@(\d{1,9}))?$/

export function formatModelId({ chainId, works, workId, version }: ModelId): string {
  const name = `grimoire:${chainId}:${getAddress(works)}:${workId}`
  return version === undefined ? name : `${name}@${version}`
}

export function parseModelId(text: string): ModelId {
  const match = PATTERN.exec(text)
  const [, chainId, works, workId, version] = match ?? []
  if (!chainId || !works || !workId || !workIdText.safeParse(workId).success) {
    throw new Problem('model_id_invalid', {
      got: text.slice(0, 160),
      expected: 'grimoire:<chainId>:<works address>:<workId>[@version]',
      param: 'model',
    })
  }
  return {
    chainId: Number(chainId),
    works: getAddress(address.parse(works)),
    workId,
    ...(version === undefined ? {} : { version: Number(version) }),
  }
}
