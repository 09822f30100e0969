/** Builds the page into `dist`, once for each state of its sources: an unchanged page costs the time of reading them. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { pageBundling } from './bundling.ts'
import { writeRelease } from './release.ts'

const ROOT = join(import.meta.dirname, '..')
/** Beside the page and not in it: what is served is the page alone. */
const MARKER = join(import.meta.dirname, '.built')
const DIST = join(import.meta.dirname, 'dist')

const SOURCES = [
  'web/index.html',
  'web/*.ts',
  'web/public/**/*',
  'web/src/**/*.{ts,tsx,css}',
  '{schema,seal,client,client/gateway}/*.ts',
  'contracts/*.ts',
  'contracts/generated/*.ts',
  'package-lock.json',
]

/** Everything that the page is made of, tests left out, as one hash. */
function sourcesHash(): string {
  const hash = createHash('sha256')
  const files = SOURCES.flatMap(pattern => globSync(pattern, { cwd: ROOT, withFileTypes: true }))
    .filter(entry => entry.isFile() && !/\.test\.ts$|fixture/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files) hash.update(`${file.slice(ROOT.length)}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

/** Whether anything had to be built. */
export async function buildPage(): Promise<boolean> {
  const wanted = sourcesHash()
  const built = existsSync(MARKER) && existsSync(join(DIST, 'index.html')) && readFileSync(MARKER, 'utf8')
  if (built === wanted) return false
  rmSync(MARKER, { force: true })
  await build(pageBundling())
  writeRelease(DIST)
  writeFileSync(MARKER, wanted)
  return true
}

/** The hash to publish. Made twice, since a build that differs from itself is one that nobody can check. */
export async function release(): Promise<string> {
  await buildPage()
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-page-'))
  try {
    await build(pageBundling(folder))
    const [hash, again] = [writeRelease(DIST), writeRelease(folder)]
    if (hash === again) return hash
    throw new Error(`two builds of the same sources differ: ${hash} and ${again}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main && process.argv.includes('--release')) {
  process.stdout.write(`${await release()}  web/dist/release.txt\n`)
} else if (import.meta.main) {
  const started = performance.now()
  if (await buildPage())
    process.stderr.write(`The page is built, in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
}
