/** `pull` over a connection that breaks: what has come is not fetched again, and another file than expected is refused. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { randomBase } from '../engine/random-gguf.ts'

const MAIN = join(import.meta.dirname, '../main.ts')
/** Longer than three of the pieces in which it is fetched. */
const base = randomBase({ width: 384 })
const sha256 = createHash('sha256').update(base).digest('hex')
const folder = mkdtempSync(join(tmpdir(), 'grimoire-pull-'))

let sent = 0
/** From here on the line is dead, until it is mended. */
let deadAt = Number.POSITIVE_INFINITY
const mirror = createServer((request, response) => {
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  const from = Number(range?.[1] ?? 0)
  const to = range?.[2] ? Number(range[2]) : base.length - 1
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': String(to - from + 1),
    ...(range ? { 'content-range': `bytes ${from}-${to}/${base.length}` } : {}),
  })
  // What is asked whole is only looked at: its size, and whether parts of it can be had.
  if (!range) return response.end(request.method === 'HEAD' ? undefined : base)
  const piece = base.subarray(from, Math.min(to + 1, from + Math.max(0, deadAt - sent)))
  sent += piece.length
  return piece.length === to + 1 - from ? response.end(piece) : response.write(piece)
})

before(() => new Promise<void>(resolve => mirror.listen(0, '127.0.0.1', resolve)))
after(() => {
  mirror.closeAllConnections()
  mirror.close()
  rmSync(folder, { recursive: true, force: true })
})

type Ran = { child: ChildProcess; code: Promise<number | null>; lines: string[]; err: string }

function pull(...args: string[]): Ran {
  const { port } = mirror.address() as AddressInfo // Safety: it listens on a TCP port.
  const child = spawn(process.execPath, [
    ...[MAIN, 'pull', `http://127.0.0.1:${port}/base.gguf`, '--directory', folder, '--json', ...args],
  ])
  const ran: Ran = { child, lines: [], err: '', code: new Promise(resolve => child.on('close', resolve)) }
  child.stdout.on('data', data => ran.lines.push(...String(data).trim().split('\n')))
  child.stderr.on('data', data => {
    ran.err += data
  })
  return ran
}

const WHOLE = 2
/** How many pieces of a file on its way stand on the disk: the downloader's note, which it keeps behind the file's bytes. */
function piecesOnDisk(): number {
  const path = join(folder, 'base.gguf.ipull')
  const note = existsSync(path) ? readFileSync(path).subarray(base.length).toString() : ''
  const { chunks = [] }: { chunks?: number[] } = note.endsWith('}') ? JSON.parse(note) : {}
  return chunks.filter(piece => piece === WHOLE).length
}

test('a download that was killed goes on where it was and says how far it is; a file of another hash is refused', async () => {
  deadAt = 11_000_000
  const first = pull()
  const until = Date.now() + 60_000
  // What has come may be in the memory still, or in pieces that are not whole: what is on the disk outlives the kill.
  const hasSaid = () => first.lines.some(line => JSON.parse(line).completed >= 10_485_760)
  while (!(hasSaid() && piecesOnDisk() >= 2) && Date.now() < until)
    await new Promise(resolve => setTimeout(resolve, 50))
  first.child.kill('SIGKILL')
  await first.code
  assert.ok(sent < base.length)
  mirror.closeAllConnections()
  deadAt = Number.POSITIVE_INFINITY
  sent = 0
  const second = pull('--sha256', '0'.repeat(64))
  assert.equal(await second.code, 2, second.err)
  assert.match(second.err, new RegExp(`${sha256}.*${'0'.repeat(64)}`))
  assert.ok(sent < base.length - 5_000_000, `${sent} of ${base.length} bytes came a second time`)
})
