/** What is asked of the worker thread that seals, and what it answers. */
import type { Prepared, Sealing, WorkWords } from '@grimoire/client/publish-work'
import type { Hex } from '@grimoire/schema/hex'
import { fromProblemBody } from '@grimoire/schema/problem'

export type SealJob = Pick<Sealing, 'terms' | 'parts' | 'knowledge'> & {
  creator: Hex
  words: WorkWords
  /** Of a further version. */
  workId?: string
}
export type Sealed = Prepared & { salt?: Hex }
export type SealAnswer = { sealed: Sealed } | { refusal: unknown }

/** Ends the thread whatever comes of it: keys that were made there go with it. */
export function sealInThread(job: SealJob): Promise<Sealed> {
  const thread = new Worker(new URL('./sealer.ts', import.meta.url), { type: 'module' })
  const answered = new Promise<Sealed>((resolve, reject) => {
    thread.addEventListener('message', ({ data }: MessageEvent<SealAnswer>) => {
      if ('sealed' in data) resolve(data.sealed)
      else reject(fromProblemBody(data.refusal) ?? new Error(String(data.refusal)))
    })
    thread.addEventListener('error', event =>
      reject(new Error(event.message || 'The sealing thread did not start.')),
    )
  })
  thread.postMessage(job)
  return answered.finally(() => thread.terminate())
}
