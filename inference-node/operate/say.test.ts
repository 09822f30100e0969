/** What commands write: lines that fit any terminal, and CSV that no spreadsheet runs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csv } from './export.ts'
import { nearest } from './nearest.ts'
import { bytes, span, table } from './say.ts'

const ROWS = [
  ['ready', 'no: chain (The chain does not answer. Got a long sentence about it, and more of that.)'],
  ['', 'mend: check the RPC'],
  ['key', `0x${'ab'.repeat(32)}`],
] as const

test('a table fits the terminal, wide or narrow, and breaks nothing that has to be copied', () => {
  for (const width of [120, 80, 40, 24]) {
    const lines = table(ROWS, width).split('\n')
    for (const line of lines) assert.ok(line.length <= width || !line.trim().includes(' ', 8), line)
    assert.ok(lines.some(line => line.includes('ab'.repeat(32))))
    assert.ok(
      lines.every(line => line.trim() !== ''),
      'no line is empty',
    )
  }
})

test('sizes and times read as people say them', () => {
  assert.deepEqual([0, 999, 1_500, 81_500_000_000].map(bytes), ['0 B', '999 B', '1.5 KB', '81.5 GB'])
  assert.deepEqual([59, 60, 7_260, 90_000].map(span), ['59 s', '1 min', '2 h 1 min', '1 d 1 h'])
})

test('CSV quotes what has to be quoted and begins no formula', () => {
  const text = [
    ...csv(['name', 'note', 'sum'], [{ name: '=HYPERLINK("x")', note: 'a, "b"\nc', sum: -1 }]),
  ].join('')
  assert.equal([...csv(['name'], [])].join(''), 'name\r\n', 'the columns, though no row is there')
  assert.equal(text, 'name,note,sum\r\n"\'=HYPERLINK(""x"")","a, ""b""\nc",-1\r\n')
})

test('the word that was meant is found by its letters, or none is', () => {
  const known = ['claimEverySeconds', 'claimMinimumAtomic', 'port', 'host']
  assert.deepEqual(
    ['claim_every_second', 'prot', 'zzzzzz'].map(word => nearest(word, known)),
    ['claimEverySeconds', 'port', null],
  )
})
