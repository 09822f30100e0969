/** Drafts that this device kept, with any release of the page, stay readable; and their lists of files lose nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KNOWLEDGE_MAX_BYTES } from '@grimoire/schema/knowledge'
import { newDraft, readDraft } from './draft.ts'
import { droppedOf, withFile } from './listed-files.ts'

const SHA = 'ab'.repeat(32)
const CREATOR = `0x${'11'.repeat(20)}`
const version = { creator: CREATOR, workId: '7', version: 1, card: '{}', recovery: {} }
const MINT = {
  ...version,
  salt: `0x${'22'.repeat(32)}`,
  contentHash: SHA,
  contentHashBytes32: `0x${SHA}`,
  blobs: [{ name: SHA, sizeBytes: 3 }],
  terms: {
    ...{
      kind: 'chatbot',
      disclosure: 'sealed',
      admission: 'listed',
      editionCap: 100,
      priceAtomic: '5000000',
    },
    ...{ resaleRoyaltyBps: 500, usageRoyaltyBps: 3_000, maxTurnFeeAtomic: '100000' },
    ...{ maxInputPerMillionBytesAtomic: '1000000', maxOutputPerMillionBytesAtomic: '100000000' },
  },
  ...{ admitted: [], stage: 'uploaded', transaction: null },
}

test('a draft from before there were knowledge files and notes of an import is read whole, its unfinished mint too', () => {
  const { knowledge: _none, imported: _nor, ...before } = newDraft('chatbot')
  const read = readDraft(JSON.stringify({ ...before, mint: MINT, published: version }))
  assert.deepEqual([read?.knowledge, read?.imported, read?.mint?.knowledge], [[], null, []])
  assert.deepEqual([read?.mint?.stage, read?.published?.workId], ['uploaded', '7'])
})

test('a file takes the place of its namesake and no other; bytes that the list still needs are not dropped', () => {
  const file = (name: string, sha = SHA, sizeBytes = 10) => ({ name, sizeBytes, sha256: sha })
  const list = [file('a.md'), file('b.md')]
  const other = file('A.md', 'cd'.repeat(32))
  assert.deepEqual(withFile(list, other), [other, list[1]])
  assert.deepEqual(withFile(list, file('c.md')), [...list, file('c.md')])
  assert.deepEqual(droppedOf(list, list.slice(1)), [])
  assert.deepEqual(droppedOf([...list, other], list), [other])
  assert.throws(() => withFile(list, file('d.md', SHA, 2 * KNOWLEDGE_MAX_BYTES)))
})
