/** The knowledge files of a draft: what its list says of each, and their bytes, which lie beside it on this device. */
import {
  type KnowledgeFile,
  openKnowledge,
  readKnowledgeFile,
  sealedKnowledge,
} from '@grimoire/schema/knowledge'
import { Problem } from '@grimoire/schema/problem'
import type { Draft, ListedFile } from './draft.ts'
import { deleteFile, keepFile, loadFile } from './kept-drafts.ts'

const keyOf = ({ sha256 }: ListedFile): string => `knowledge-${sha256}`

async function listed(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ListedFile> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const sha256 = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return { name, sizeBytes: bytes.length, sha256 }
}

/** Reads one more file and keeps it beside the draft; its place in the list is the next step. */
export async function takeFile(id: string, file: File): Promise<ListedFile> {
  const read = readKnowledgeFile(file.name, new Uint8Array(await file.arrayBuffer()))
  const bytes = sealedKnowledge(read)
  const taken = await listed(read.name, bytes)
  await keepFile(id, keyOf(taken), bytes)
  return taken
}

export const dropFile = (id: string, file: ListedFile): Promise<void> => deleteFile(id, keyOf(file))

/** The files as they are sealed, or sent to be tried. */
export async function loadKnowledge({
  id,
  knowledge,
}: Pick<Draft, 'id' | 'knowledge'>): Promise<KnowledgeFile[]> {
  const files: KnowledgeFile[] = []
  for (const file of knowledge) {
    const bytes = await loadFile(id, keyOf(file))
    if (!bytes) {
      const got = 'nothing: this browser has dropped the file'
      throw new Problem('knowledge_unfit', { got, expected: file.name })
    }
    files.push(openKnowledge(file.name, bytes))
  }
  return files
}
