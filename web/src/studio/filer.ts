/** The worker thread that puts large files into this device's vault and takes them out: to encrypt and copy megabytes takes longer than a frame. */
import { answerInThread } from '../device/thread.ts'
import type { FileJob } from './filing.ts'
import { keepFile, loadFile } from './kept-drafts.ts'

answerInThread(async ({ id, name, file }: FileJob): Promise<Blob | null> => {
  if (file) {
    await keepFile(id, name, new Uint8Array(await file.arrayBuffer()))
    return null
  }
  const bytes = await loadFile(id, name)
  return bytes ? new Blob([bytes]) : null
})
