/** The parts of a work for whoever may read them: a knowledge file that cannot be read costs them that file alone. */
import { isKnowledge, type KnowledgeFile, openKnowledge } from '@grimoire/schema/knowledge'
import type { Manifest, Part } from '@grimoire/schema/manifest'
import { isProblem, type Problem } from '@grimoire/schema/problem'
import { fetchPart, openPart, type PlainPart } from '@grimoire/seal/parts'
import { getBlob } from './edge.ts'
import type { Market } from './market.ts'

export type ReadableParts = {
  /** The card or the prompt, as its creator wrote it. */
  text: string
  /** The files that its chats draw on. */
  knowledge: KnowledgeFile[]
  /** Those of them that could not be read, each with the reason. Their names are sealed: a part's own says which it is. */
  unread: { part: string; problem: Problem }[]
  parts: PlainPart[]
}

type Come = { part: Part } & ({ plain: PlainPart; file: KnowledgeFile | null } | { problem: Problem })

/** The rest of the work says nothing without its card, and is whole without a file. */
async function come(part: Part, opening: Promise<PlainPart>): Promise<Come> {
  try {
    const plain = await opening
    return { part, plain, file: isKnowledge(part) ? openKnowledge(part.name, plain.bytes) : null }
  } catch (error) {
    if (isKnowledge(part) && isProblem(error)) return { part, problem: error }
    throw error
  }
}

/** Fetches all while the key is asked for. */
export async function openParts(
  market: Market,
  { parts }: Pick<Manifest, 'parts'>,
  unsealed: Promise<string>,
): Promise<ReadableParts> {
  const fetchBlob = (sha256: string) =>
    getBlob(market, parts.find(part => part.sha256 === sha256) ?? { sha256 })
  const open = async (part: Part) => {
    const [identity, sealed] = await Promise.all([unsealed, fetchPart(part, fetchBlob)])
    return openPart(part, sealed, identity)
  }
  // Without the key nothing was read at all, which is no fault of a file.
  const [all] = await Promise.all([Promise.all(parts.map(part => come(part, open(part)))), unsealed])
  const read = all.filter(one => 'plain' in one)
  const card = read.find(({ part }) => part.role === 'card')
  return {
    text: card ? new TextDecoder().decode(card.plain.bytes) : '',
    knowledge: read.flatMap(({ file }) => file ?? []),
    unread: all.flatMap(one => ('problem' in one ? { part: one.part.name, problem: one.problem } : [])),
    parts: read.map(({ plain }) => plain),
  }
}
