/** Which files become knowledge of a work, and what of them is public. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  KNOWLEDGE_FILE_MAX_BYTES,
  KNOWLEDGE_MAX_BYTES,
  KNOWLEDGE_MAX_FILES,
  knowledgeName,
  knowledgeParts,
  openKnowledge,
  readKnowledgeFile,
  requireKnowledge,
} from './knowledge.ts'
import { isProblem, type ProblemCode } from './problem.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const refused = (code: ProblemCode, says: RegExp) => (error: unknown) => {
  assert.ok(isProblem(error, code), String(error))
  assert.match(error.message, says)
  return true
}

test('text, Markdown, JSON and CSV are taken as they are; line ends and a byte order mark are made alike', () => {
  for (const name of ['a.txt', 'B.MD', 'c.markdown', 'd.json', 'e.csv'])
    assert.deepEqual(readKnowledgeFile(name, bytesOf('\ufeffone\r\ntwo\rthree\n')), {
      name,
      text: 'one\ntwo\nthree\n',
    })
})

test('any other file is refused by its name, or by what is wrong with it, and the mend says what to do', () => {
  const refusals: [string, Uint8Array, RegExp][] = [
    ['manual.pdf', bytesOf('%PDF-1.7'), /manual\.pdf.*\.txt, \.md/],
    ['notes', bytesOf('text'), /notes.*\.txt/],
    ['.md', bytesOf('text'), /\.md/],
    ['latin.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9), /latin\.txt.*UTF-8/],
    ['zip.txt', bytesOf('PK\u0003\u0004'), /zip\.txt.*binary/],
    ['blank.md', bytesOf(' \n\t\n'), /blank\.md.*empty/],
    ['large.csv', new Uint8Array(KNOWLEDGE_FILE_MAX_BYTES + 1).fill(65), /large\.csv, 524289 bytes/],
  ]
  for (const [name, bytes, says] of refusals)
    assert.throws(() => readKnowledgeFile(name, bytes), refused('knowledge_unfit', says))
  assert.doesNotThrow(() => readKnowledgeFile('full.txt', new Uint8Array(KNOWLEDGE_FILE_MAX_BYTES).fill(65)))
})

test('a name is one line without folders or hidden marks, and keeps its ending when it is cut', () => {
  assert.equal(knowledgeName('C:\\Users\\ada\\menu.md'), 'menu.md')
  assert.equal(knowledgeName('../../etc/menu\u202e\n one.md'), 'menu one.md')
  const long = knowledgeName(`${'ä'.repeat(200)}.markdown`)
  assert.deepEqual([[...long].length, long.endsWith('ä.markdown')], [80, true])
})

test('what is sealed opens again, and its public name says neither its own nor its kind', () => {
  const files = [
    { name: 'prices.csv', text: 'thing,coins\nbread,4\n' },
    { name: 'história.md', text: '# Fundação\n\n1871.' },
  ]
  const parts = knowledgeParts(files)
  assert.deepEqual(
    parts.map(({ bytes, name }) => openKnowledge(name, bytes)),
    files,
  )
  const shown = JSON.stringify(parts.map(({ bytes: _bytes, ...about }) => about))
  assert.ok(!/prices|csv|hist|md/.test(shown), shown)
})

test('more files, more bytes or two of one name are refused before they are sealed', () => {
  const file = (name: string, size = 1) => ({ name, text: 'a'.repeat(size) })
  const many = Array.from({ length: KNOWLEDGE_MAX_FILES + 1 }, (_, at) => file(`${at}.txt`))
  assert.throws(() => knowledgeParts(many), refused('knowledge_unfit', /21 files/))
  assert.doesNotThrow(() => knowledgeParts(many.slice(1)))
  const large = Array.from({ length: 5 }, (_, at) => file(`${at}.txt`, KNOWLEDGE_FILE_MAX_BYTES))
  assert.throws(
    () => knowledgeParts(large),
    refused('knowledge_unfit', new RegExp(String(KNOWLEDGE_MAX_BYTES))),
  )
  assert.doesNotThrow(() => knowledgeParts(large.slice(1)))
  assert.throws(() => knowledgeParts([file('A.txt'), file('a.txt')]), refused('knowledge_unfit', /two files/))
  assert.throws(
    () => requireKnowledge([KNOWLEDGE_MAX_BYTES * 2], 'manifest_invalid'),
    refused('manifest_invalid', /bytes in all/),
  )
})

test('a sealed file of any other form is refused, and never quoted in the refusal', () => {
  const secret = 'secret words'
  for (const text of [
    secret,
    `\n${secret}`,
    `menu.exe\n${secret}`,
    `../menu.md\n${secret}`,
    `menu.md\n\0${secret}`,
    'menu.md\n',
  ])
    assert.throws(
      () => openKnowledge('knowledge-1', bytesOf(text)),
      (error: unknown) => {
        assert.ok(isProblem(error, 'knowledge_invalid'))
        assert.ok(!error.message.includes(secret), error.message)
        return true
      },
    )
})
