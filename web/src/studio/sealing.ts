/** What is asked of the worker thread that seals; the sealed files stay on this device, and the page never has their bytes. */
import type { Hex } from '@grimoire/schema/hex'
import { askThread } from '../device/thread.ts'
import type { Draft, Mint } from './draft.ts'

export type SealJob = { draft: Draft; creator: Hex }

export const sealInThread = (job: SealJob): Promise<Mint> =>
  askThread<SealJob, Mint>(new Worker(new URL('./sealer.ts', import.meta.url), { type: 'module' }), job)
