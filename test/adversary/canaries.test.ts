/** Plain text of works and chats is in memory only, and not there after the last grant: two hundred canaries, searched for. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { COLLECTED, type Searched, searchForCanaries } from './canaries.ts'

let searched: Searched
before(async () => {
  searched = await searchForCanaries(20)
})

test('the search finds what is in memory while works are open, or it would prove nothing', t => {
  const { live, planted } = searched
  assert.ok(planted >= 200, `${planted} were planted`)
  assert.ok(live.heap > 20, `${live.heap} in the heap of the node`)
  if (live.engine === null)
    t.diagnostic('this kernel does not let its memory be read: the engine was not searched')
  else assert.ok(live.engine > 20, `${live.engine} in the memory of the engine`)
})

test('after the last grant no canary of a card, a prompt, an adapter, a knowledge file, a draft or a chat is on disk, in a log or in memory', () => {
  const { after, turns, refused } = searched
  assert.deepEqual([turns, refused], [20, 6])
  for (const [place, found] of Object.entries(after))
    if (place !== COLLECTED) assert.deepEqual(found, {}, place)
})
