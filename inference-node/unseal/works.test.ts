/** Which open works are closed when grants end, and which stay: the order of things alone, without a chain or a base. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import { logNothing } from '../log.ts'
import { Works, type WorksOptions } from './works.ts'

test('a work that is opened while another is closed stays open: nobody asked whether it has a grant', async () => {
  const refuse = new Map<string, () => void>()
  const forgotten: string[] = []
  const parts = {
    ledger: {
      requireServing: (workId: string) =>
        new Promise<void>((_, reject) => refuse.set(workId, () => reject(new Error('closed meanwhile')))),
    },
    bases: { forget: async (key: string) => void forgotten.push(key) },
    log: logNothing,
  }
  const works = new Works(parts as unknown as WorksOptions) // Safety: no opening comes further than the ledger.
  const grantOf = (workId: string) => ({ workId, version: 1 }) as GivenGrant // Safety: as said above.
  const [ended, fresh] = [grantOf('1'), grantOf('2')]
  const first = works.open(ended).catch(() => undefined)
  const closing = works.keepOnly(new Set())
  const second = works.open(fresh).catch(() => undefined)
  refuse.get('1')?.()
  await first
  await closing
  assert.deepEqual([works.isOpen(ended), works.isOpen(fresh)], [false, true])
  assert.ok(!forgotten.includes(versionKey(fresh)))
  refuse.get('2')?.()
  await second
})
