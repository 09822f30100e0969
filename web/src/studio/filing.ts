/** Large files of a draft, kept and found without holding the page up: it has them as blobs, whose bytes the browser reads elsewhere. */
import { askThread } from '../device/thread.ts'

/** With a file it is kept, without one it is looked for. */
export type FileJob = { id: string; name: string; file?: Blob }

const ask = (job: FileJob) =>
  askThread<FileJob, Blob | null>(new Worker(new URL('./filer.ts', import.meta.url), { type: 'module' }), job)

export const keepLarge = async (id: string, name: string, file: Blob): Promise<void> => {
  await ask({ id, name, file })
}
export const loadLarge = (id: string, name: string): Promise<Blob | null> => ask({ id, name })

/** SHA-256 of a piece of one. */
export const digestOf = (piece: Blob) =>
  askThread<Blob, Uint8Array<ArrayBuffer>>(
    new Worker(new URL('./digester.ts', import.meta.url), { type: 'module' }),
    piece,
  )
