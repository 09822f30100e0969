/** The list of faults keeps up with the sources; whether tests find the faults is said by `npm run proof -- contracts mutants`. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MUTANTS } from './mutants.ts'
import { root } from './sources.ts'

test('each fault stands exactly once in the sources, and changes them', () => {
  for (const { file, find, replace } of MUTANTS) {
    const source = readFileSync(join(root, 'src', file), 'utf8')
    assert.equal(source.split(find).length - 1, 1, `src/${file}: ${find}`)
    assert.notEqual(find, replace, `src/${file}: ${find}`)
  }
})

test('no fault is listed twice, and there are fifty at least', () => {
  const faults = MUTANTS.map(({ file, find, replace }) => JSON.stringify([file, find, replace]))
  assert.equal(new Set(faults).size, faults.length)
  assert.ok(faults.length >= 50, `${faults.length} faults`)
})
