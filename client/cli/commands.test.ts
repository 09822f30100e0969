/** `grimoire` as it is typed: help with an example for each command, and one sentence with a mend for what cannot be done. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-commands-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const GRIMOIRE = join(import.meta.dirname, '..', 'grimoire.mjs')

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [GRIMOIRE, ...args], { encoding: 'utf8' })
  return { status, stdout, lines: stderr.trim().split('\n') }
}

test('help names the commands, and that of a command its settings with an example', () => {
  const all = run('--help')
  for (const name of ['serve', 'works', 'grant', 'import', 'spending', 'operators', 'refund']) {
    assert.match(all.stdout, new RegExp(`^  ${name}\\b`, 'm'))
  }
  const one = run('serve', '--help')
  assert.match(one.stdout, /--daily-cap/)
  assert.match(one.stdout, /Examples:\n {2}\$ grimoire serve/)
})

test('what cannot be done ends in one sentence, its mend and exit code 1', () => {
  const cases: [string[], RegExp][] = [
    [['serve', '--edge', 'http://127.0.0.1:9', '--store', folder], /edge/],
    [['works', '--daily-cap', '5'], /unknown option/],
    [['spending', '--config', join(folder, 'none.json')], /none\.json/],
  ]
  for (const [args, sentence] of cases) {
    const { status, lines } = run(...args)
    assert.equal(status, 1, lines.join('\n'))
    assert.match(lines[0] ?? '', sentence)
    assert.ok(lines.length <= 2, lines.join('\n'))
  }
})
