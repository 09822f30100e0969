/** Where drafts lie: in this device's encrypted vault, each with its adapter and the sealed files that wait for a mint. */
import { queryOptions } from '@tanstack/react-query'
import { openVault, within } from '../device/vault.ts'
import { type Draft, readDraft } from './draft.ts'

const shelf = async () => within(await openVault(), 'draft:')
const files = async (id: string) => within(await openVault(), `draft-file:${id}:`)

export const keepDraft = async (draft: Draft): Promise<void> =>
  (await shelf()).set(draft.id, JSON.stringify(draft))

export async function loadDraft(id: string): Promise<Draft | null> {
  const text = await (await shelf()).get(id)
  return text === undefined ? null : readDraft(text)
}

/** The name of the public part among the sealed files. */
export const MANIFEST = 'manifest'

/** The sealed files that wait for a mint, or have come where they should. */
export async function dropSealed({ id, mint }: Pick<Draft, 'id' | 'mint'>): Promise<void> {
  const beside = await files(id)
  const names = [MANIFEST, ...(mint?.blobs.map(({ name }) => name) ?? [])]
  await Promise.all(names.map(name => beside.delete(name)))
}

/** With everything that lies beside it. */
export async function deleteDraft(draft: Draft): Promise<void> {
  await dropSealed(draft)
  await (await files(draft.id)).deleteAll()
  await (await shelf()).delete(draft.id)
}

export const keepFile = async (id: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> =>
  (await files(id)).setBytes(name, bytes)
export const loadFile = async (id: string, name: string) => (await files(id)).getBytes(name)
export const deleteFile = async (id: string, name: string): Promise<void> => (await files(id)).delete(name)

export const DRAFTS = ['drafts'] as const

/** The last edited first. What cannot be read any more is left out, and left where it is. */
export const allDrafts = queryOptions({
  queryKey: DRAFTS,
  queryFn: async () =>
    (await (await shelf()).list(''))
      .map(([, text]) => readDraft(text))
      .filter(one => one !== null)
      .sort((a, b) => b.editedAtMs - a.editedAtMs),
})
