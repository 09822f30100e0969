/** Strangers' words and the ledger's figures, made fit to be read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { provenWords } from '../work/proven-words.ts'
import { hostOf } from './host.ts'
import { isMarked } from './marks.ts'
import { money, percent, plain, plural, short } from './plain.ts'

test('nothing that turns or hides text is left in it, and what languages need stays', () => {
  assert.equal(plain('a\u202eb\u2066c\u200bd\ufeffe\u0007f\u{e0041}g'), 'abcdefg')
  for (const kept of ['two\nlines\tand a tab', 'نام‌ها', '👩‍👩‍👧', 'naïve — “quoted” ½'])
    assert.equal(plain(kept), kept)
})

test('only a link that a browser should follow has a host', () => {
  assert.equal(hostOf('https://example.org/a?b'), 'example.org')
  assert.equal(hostOf('http://127.0.0.1:8080'), '127.0.0.1:8080')
  for (const other of ['javascript:alert(1)', 'data:text/html,x', 'blob:https://a/b', '/here', '', undefined])
    assert.equal(hostOf(other), null)
})

test('a text goes without the parser only where Markdown would leave it as it stands', () => {
  const marked = [
    '*so*',
    '_so_',
    '`so`',
    '# So',
    '> so',
    '- so',
    '+ so',
    '1. so',
    '2) so',
    '| a | b |',
    '~~so~~',
  ]
  const links = ['[a](b)', 'https://a.example', 'www.a.example', 'me@a.example', '<b>so</b>', 'a &amp; b']
  const lines = ['so  \nand so', 'So\n===', 'So\n---', '    so', '\tso', 'a\n- b', 'a\\*b']
  for (const text of [...marked, ...links, ...lines]) assert.ok(isMarked(text), text)
  for (const text of [
    'Arr, the harbor fee be 12 coins.',
    'Two (2) lines\n\nand a rest: “so” — it’s 3 o’clock!',
    '',
  ])
    assert.ok(!isMarked(text), text)
})

test('money is exact to the last unit, with thousands set apart', () => {
  assert.equal(money('1234567890'), '$1,234.56789')
  assert.equal(money(1n), '$0.000001')
  assert.equal(money(0n), '$0.00')
  assert.equal(money(1_000_000_000_000n), '$1,000,000.00')
})

test('shares, numbers and hashes are short and right', () => {
  assert.equal(percent(750), '7.5 %')
  assert.equal(plural(1, 'copy', 'copies'), '1 copy')
  assert.equal(plural(1_200, 'copy', 'copies'), '1,200 copies')
  assert.equal(short(`0x${'ab'.repeat(20)}`), '0xabab…abab')
})

test('proofs that could not be checked are never called unproven', () => {
  assert.equal(provenWords(2).chip, 'Proven to open by 2 nodes')
  assert.equal(provenWords(0).chip, 'Unproven')
  const { chip, whisper } = provenWords('unchecked')
  assert.doesNotMatch(`${chip} ${whisper}`, /unproven|no node/i)
})
