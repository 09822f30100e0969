/** Lists of knowledge files compared: whether they are the same, and what a new version changes of them. */
import { requireKnowledge } from '@grimoire/schema/knowledge'
import type { ListedFile } from './draft.ts'

/** The same text for the same files in the same order. */
export const markOf = (files: readonly ListedFile[]): string => files.map(({ sha256 }) => sha256).join()

export const sizeOfAll = (files: readonly ListedFile[]): number =>
  files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

/** One more, or another text of one that is there: that keeps its place. Refused where it does not fit. */
export function withFile(files: readonly ListedFile[], added: ListedFile): ListedFile[] {
  const at = files.findIndex(({ name }) => name.toLowerCase() === added.name.toLowerCase())
  const now = at < 0 ? [...files, added] : files.with(at, added)
  requireKnowledge(
    now.map(({ sizeBytes }) => sizeBytes),
    'knowledge_unfit',
  )
  return now
}

/** Those whose bytes nothing on the second list needs any more. */
export const droppedOf = (before: readonly ListedFile[], after: readonly ListedFile[]): ListedFile[] =>
  before.filter(({ sha256 }) => !after.some(one => one.sha256 === sha256))

export type FileChange = { kind: 'gone' | 'new' | 'same'; text: string }

const named = (files: readonly ListedFile[]) => new Map(files.map(file => [file.name, file.sha256]))

/** Nothing when they are the same. */
export function changesOfFiles(before: readonly ListedFile[], after: readonly ListedFile[]): FileChange[] {
  if (markOf(before) === markOf(after)) return []
  const [old, now] = [named(before), named(after)]
  const gone = before
    .filter(({ name }) => !now.has(name))
    .map(({ name }) => ({ kind: 'gone' as const, text: name }))
  const come = after.flatMap(({ name, sha256 }): FileChange[] => {
    const known = old.get(name)
    if (known === undefined) return [{ kind: 'new', text: name }]
    return known === sha256 ? [] : [{ kind: 'new', text: `${name}, with another text` }]
  })
  const changes = [...gone, ...come]
  return changes.length > 0 ? changes : [{ kind: 'same', text: 'The same files in another order.' }]
}
