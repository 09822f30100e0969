/** What the Worker costs before its first answer: its size as it is shipped, and the time that it adds to the start of workerd. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { answerOnce } from '@grimoire/worker/bare'
import { bundleWorker } from '@grimoire/worker/bundle'
import { median, type Row, row } from './row.ts'

const STARTS = 9
const BARE = 'export default { fetch: () => new Response("ok") }'

/** The Durable Object's base class, which workerd brings, as a module of its own. */
const STUB = `data:text/javascript,${encodeURIComponent('export class DurableObject {}')}`

/** What running the module's top level takes a V8 that has nothing else to do: what Cloudflare calls its startup time. */
function evaluateMs(code: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-start-'))
  try {
    const file = join(folder, 'edge.mjs')
    writeFileSync(file, code.replaceAll(/from\s*"cloudflare:workers"/g, `from ${JSON.stringify(STUB)}`))
    const script = `const { user, system } = process.cpuUsage()
      await import(${JSON.stringify(file)})
      const used = process.cpuUsage()
      console.log((used.user + used.system - user - system) / 1000)`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    return Number(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export async function benchStart(): Promise<Row[]> {
  const { code } = await bundleWorker({ minify: true })
  const [ours, bare]: [number[], number[]] = [[], []]
  for (let at = 0; at < STARTS; at++) {
    bare.push((await answerOnce(BARE)).ms)
    ours.push((await answerOnce(code)).ms)
  }
  const evaluated = Array.from({ length: STARTS }, () => evaluateMs(code))
  return [
    row('the Worker, gzipped', 'kB', gzipSync(code).length / 1000, { goal: ['<= 250', kB => kB <= 250] }),
    row('its module evaluated, of processor time', 'ms', median(evaluated), {
      goal: ['<= 50', ms => ms <= 50],
    }),
    row('workerd from nothing to a first answer', 'ms', median(ours), { anchor: median(bare) }),
  ]
}
