/** Writes the migration for whatever changed in `tables*.ts`; with `--check` it only says whether one is missing. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const here = import.meta.dirname
const root = dirname(here)
const drizzleKit = join(dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs')

/** Runs drizzle-kit from the repository's root: it takes `out` for a path relative to where it stands. */
function generate(out: string, ...more: string[]): void {
  const flags = ['generate', '--dialect', 'sqlite', '--schema', 'schema/tables*.ts', '--out', out, ...more]
  const { status, stderr, stdout } = spawnSync(process.execPath, [drizzleKit, ...flags], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`)
    process.exit(1)
  }
}

const files = (folder: string) => readdirSync(folder).filter(name => name.endsWith('.sql'))

if (process.argv.includes('--check')) {
  const copy = mkdtempSync(join(root, '.migrations-'))
  try {
    cpSync(join(here, 'migrations'), copy, { recursive: true })
    generate(copy.slice(root.length + 1))
    const missing = files(copy).length - files(join(here, 'migrations')).length
    if (missing > 0) {
      process.stderr.write('schema/migrations is behind schema/tables*.ts. Run: npm run migrations\n')
      process.exitCode = 1
    }
  } finally {
    rmSync(copy, { recursive: true })
  }
} else {
  generate('schema/migrations', ...process.argv.slice(2))
  process.stdout.write(`schema/migrations holds ${files(join(here, 'migrations')).join(', ')}\n`)
}
