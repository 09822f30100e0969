/** The worker thread that reads a piece of a large file and hashes it: to copy megabytes takes longer than a frame. */
import { answerInThread } from '../device/thread.ts'

answerInThread(
  async (piece: Blob) => new Uint8Array(await crypto.subtle.digest('SHA-256', await piece.arrayBuffer())),
)
