/** The knowledge files of a draft: each taken whole, checked as a sealed one is, and used once all of them are there. */
import { createHash } from 'node:crypto'
import type { DraftContent } from '@grimoire/schema/draft'
import { type KnowledgeFile, openKnowledge, requireKnowledge } from '@grimoire/schema/knowledge'
import { Problem } from '@grimoire/schema/problem'
import { HELD_FOR_A_BYTE, Knowledge } from '../knowledge/knowledge.ts'

type Declared = NonNullable<DraftContent['knowledge']>

export class DraftFiles {
  readonly #declared: Declared
  readonly #received = new Map<number, KnowledgeFile>()
  #knowledge: Promise<Knowledge> | undefined
  #ended = false

  /** Refused before anything is held of them, when they are more than a work may have. */
  constructor(declared: Declared) {
    requireKnowledge(
      declared.map(({ sizeBytes }) => sizeBytes),
      'knowledge_unfit',
    )
    this.#declared = declared
  }

  get heldBytes(): number {
    return this.#declared.reduce((sum, { sizeBytes }) => sum + sizeBytes * HELD_FOR_A_BYTE, 0)
  }

  /** The same again changes nothing, so that whoever was cut off sends all of them once more. */
  async receive(index: number, bytes: Uint8Array): Promise<void> {
    const declared = this.#declared[index]
    if (!declared) {
      const expected = `one of ${this.#declared.length} files`
      throw new Problem('request_invalid', { param: 'index', got: index, expected })
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 !== declared.sha256)
      throw new Problem('hash_mismatch', { got: sha256, expected: declared.sha256 })
    if (this.#knowledge || this.#ended) return
    this.#received.set(index, openKnowledge(`knowledge-${index + 1}`, bytes))
    if (this.#received.size < this.#declared.length) return
    const files = this.#declared.flatMap((_, at) => this.#received.get(at) ?? [])
    this.#received.clear()
    this.#knowledge = Knowledge.open(files)
    const knowledge = await this.#knowledge
    if (this.#ended) knowledge.wipe()
  }

  requireWhole(): void {
    if (this.#knowledge || this.#declared.length === 0) return
    const got = `${this.#received.size} of ${this.#declared.length} files`
    throw new Problem('request_invalid', { param: 'knowledge', got, expected: 'all of the files' })
  }

  get knowledge(): Promise<Knowledge | undefined> {
    return Promise.resolve(this.#knowledge)
  }

  wipe(): void {
    this.#ended = true
    this.#received.clear()
    void this.#knowledge?.then(knowledge => knowledge.wipe())
  }
}
