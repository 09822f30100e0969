/** Which weights a node says it runs: a kept hash is believed only for the very file that it was made of. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findModel } from './model-file.ts'

test('a model file that was exchanged for one of its size and time is hashed anew', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'grimoire-model-'))
  const path = join(directory, 'model.gguf')
  const descriptor = openSync(path, 'w')
  truncateSync(path, 256 * 1024 ** 2 + 1)
  const first = await findModel(path, directory)
  assert.ok(existsSync(`${path}.sha256.json`))
  assert.equal((await findModel(path, directory)).sha256, first.sha256)
  const { atimeMs, mtimeMs } = statSync(path)
  writeSync(descriptor, 'other weights', 0)
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000)
  assert.notEqual((await findModel(path, directory)).sha256, first.sha256)
  assert.match(first.sha256, new RegExp(`^[0-9a-f]{${createHash('sha256').digest().length * 2}}$`))
  rmSync(directory, { recursive: true })
})
