/**
 * Which lines and branches of src/ the Solidity tests reach, as `forge coverage` counts them, and which of those that they
 * do not reach test/COVERAGE.md explains.
 *
 * forge follows code that no optimizer has touched. src/works needs the compiler's IR even so, or its stack is too deep, and
 * where forge has two builds it loses files of one. So there are two runs: one counts src/works through IR; one counts the
 * rest without IR, where forge's map is exact, beside a Works compiled before. A line counts as reached if either run
 * reached it. The tests deploy these builds instead of what ships (test/Deployed.sol).
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { BEHAVIOUR, type Copy, openCopy } from './copy.ts'
import { forgeBinary } from './foundry.ts'
import { root } from './sources.ts'

/** A line, or a branch from it, that no test reached. */
export type Gap = { file: string; line: number; what: 'line' | 'branch'; text: string }

export type FileCoverage = {
  /** Below src/. */
  file: string
  lines: number
  linesHit: number
  branches: number
  branchesHit: number
  gaps: Gap[]
}

const FEW = { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '4' }

/** Packages lie inside the copy, or forge's reader of sources does not find what they import from each other. */
const PACKAGES = [
  ['forge-std', '@uniswap/v4-core/lib/forge-std/src'],
  ['solady', 'solady/src'],
] as const

/** Settings of the copy's own, as forge reads them from the environment. */
const SETTINGS = {
  FOUNDRY_LIBS: '["lib"]',
  FOUNDRY_REMAPPINGS: PACKAGES.map(([name]) => `${name}/=lib/${name}/`).join('\n'),
}
const WORKS_THROUGH_IR = {
  FOUNDRY_ADDITIONAL_COMPILER_PROFILES: '[{name="ir",via_ir=true,optimizer=false}]',
  FOUNDRY_COMPILATION_RESTRICTIONS: '[{paths="src/works/**",via_ir=true}]',
}

function forge(copy: Copy, args: string[], extra: NodeJS.ProcessEnv): void {
  const { status, stdout } = spawnSync(forgeBinary(), args, {
    cwd: copy.path,
    env: { ...process.env, ...SETTINGS, ...extra },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`forge ${args[0]} fails:\n${stdout.slice(-4_000)}`)
}

/** Runs all tests of behaviour, twice: minutes, most of them compiling. */
export function measureCoverage(seed: number): FileCoverage[] {
  const copy = openCopy()
  const run = (name: string, extra: NodeJS.ProcessEnv): string => {
    forge(copy, ['coverage', '--report', 'lcov', ...BEHAVIOUR], {
      ...FEW,
      ...extra,
      FOUNDRY_FUZZ_SEED: `0x${seed.toString(16)}`,
      FOUNDRY_OUT: `out/${name}`,
      FOUNDRY_CACHE_PATH: `cache/${name}`,
      GRIMOIRE_COVERAGE: 'true',
    })
    return readFileSync(join(copy.path, 'lcov.info'), 'utf8')
  }
  try {
    for (const [name, from] of PACKAGES) {
      cpSync(join(root, '..', 'node_modules', from), join(copy.path, 'lib', name), { recursive: true })
    }
    forge(copy, ['build', 'src'], { FOUNDRY_OPTIMIZER: 'false' })
    const works = run('works', WORKS_THROUGH_IR)
    for (const path of ['Works.sol', 'works']) rmSync(join(copy.path, 'src', path), { recursive: true })
    const rest = run('rest', {})
    return readLcov([works, rest], file => readFileSync(join(root, 'src', file), 'utf8'))
  } finally {
    copy.close()
  }
}

/** Hits of each line, and of each branch by its line and its place among those of the line. */
type Hits = { lines: Map<number, number>; branches: Map<string, number> }

function hitsOf(record: string, hits: Hits): void {
  const raise = <Key>(counts: Map<Key, number>, key: Key, count: string) =>
    counts.set(key, Math.max(counts.get(key) ?? 0, count === '-' ? 0 : Number(count)))
  for (const [, line, count = ''] of record.matchAll(/^DA:(\d+),(\d+)/gm))
    raise(hits.lines, Number(line), count)
  const seen = new Map<string, number>()
  for (const [, line = '', count = ''] of record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)$/gm)) {
    const place = seen.get(line) ?? 0
    seen.set(line, place + 1)
    raise(hits.branches, `${line} ${place}`, count)
  }
}

/** Reads forge's reports of several runs as one; `sourceOf` gives a file's text. */
export function readLcov(reports: readonly string[], sourceOf: (file: string) => string): FileCoverage[] {
  const found = new Map<string, Hits>()
  for (const record of reports.flatMap(report => report.split('end_of_record'))) {
    const file = /^SF:src\/(.+)$/m.exec(record)?.[1]
    if (!file) continue
    const hits = found.get(file) ?? { lines: new Map(), branches: new Map() }
    found.set(file, hits)
    hitsOf(record, hits)
  }
  return [...found].map(([file, hits]) => fileOf(file, hits, sourceOf(file)))
}

function fileOf(file: string, { lines, branches }: Hits, source: string): FileCoverage {
  const text = source.split(/\r?\n/).map(line => line.trim())
  const missed = (what: Gap['what'], counts: ReadonlyMap<number | string, number>): Gap[] =>
    [...counts]
      .filter(([, hits]) => hits === 0)
      .map(([key]) => Number.parseInt(`${key}`, 10))
      .map(line => ({ file, line, what, text: text[line - 1] ?? '' }))
  const [missedLines, missedBranches] = [missed('line', lines), missed('branch', branches)]
  return {
    file,
    lines: lines.size,
    linesHit: lines.size - missedLines.length,
    branches: branches.size,
    branchesHit: branches.size - missedBranches.length,
    gaps: [...missedLines, ...missedBranches].toSorted((a, b) => a.line - b.line),
  }
}

/** Those that the page does not explain: it names each as `file` and `the source's line`. */
export function unexplained(gaps: readonly Gap[], page: string): Gap[] {
  const rows = page.split(/\r?\n/).filter(row => row.startsWith('|'))
  return gaps.filter(({ file, text }) => {
    const isNamed = (row: string) =>
      row.includes(`\`${file}\``) && row.includes(`\`${text.replaceAll('|', '\\|')}\``)
    return !rows.some(isNamed)
  })
}
