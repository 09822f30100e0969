/**
 * Which lines and branches of src/ the Solidity tests reach, as `forge coverage` counts them, and which of those that they
 * do not reach test/COVERAGE.md explains.
 *
 * forge follows code that no optimizer has touched. Market.sol needs the compiler's IR even so, or the stack is too deep: it
 * and what inherits it is compiled through IR, everything else without, where forge's map is exact. The tests deploy that
 * build instead of what ships (test/Deployed.sol).
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BEHAVIOUR, openCopy } from './copy.ts'
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
  FOUNDRY_ADDITIONAL_COMPILER_PROFILES: '[{name="ir",via_ir=true,optimizer=false}]',
  FOUNDRY_COMPILATION_RESTRICTIONS: '[{paths="src/works/Market.sol",via_ir=true}]',
  FOUNDRY_LIBS: '["lib"]',
  FOUNDRY_REMAPPINGS: PACKAGES.map(([name]) => `${name}/=lib/${name}/`).join('\n'),
  GRIMOIRE_COVERAGE: 'true',
}

/** Runs all tests of behaviour under coverage: minutes, most of them compiling. */
export function measureCoverage(seed: number): FileCoverage[] {
  const copy = openCopy()
  try {
    for (const [name, from] of PACKAGES) {
      cpSync(join(root, '..', 'node_modules', from), join(copy.path, 'lib', name), { recursive: true })
    }
    const { status, stdout } = spawnSync(forgeBinary(), ['coverage', '--report', 'lcov', ...BEHAVIOUR], {
      cwd: copy.path,
      env: { ...process.env, ...FEW, ...SETTINGS, FOUNDRY_FUZZ_SEED: `0x${seed.toString(16)}` },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (status !== 0) throw new Error(`the tests fail under coverage:\n${stdout.slice(-4_000)}`)
    const lcov = readFileSync(join(copy.path, 'lcov.info'), 'utf8')
    return readLcov(lcov, file => readFileSync(join(copy.path, 'src', file), 'utf8'))
  } finally {
    copy.close()
  }
}

/** Reads forge's report; `sourceOf` gives a file's text. */
export function readLcov(lcov: string, sourceOf: (file: string) => string): FileCoverage[] {
  const files: FileCoverage[] = []
  for (const record of lcov.split('end_of_record')) {
    const file = /^SF:src\/(.+)$/m.exec(record)?.[1]
    if (!file) continue
    const source = sourceOf(file).split(/\r?\n/)
    const gap = (what: Gap['what'], line: number): Gap => {
      return { file, line, what, text: (source[line - 1] ?? '').trim() }
    }
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(
      ([, line, hits]) => [Number(line), Number(hits)] as const,
    )
    const branches = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)$/gm)].map(
      ([, line, hits]) => [Number(line), hits === '-' ? 0 : Number(hits)] as const,
    )
    const missed = (what: Gap['what'], counts: typeof lines) =>
      counts.filter(([, hits]) => hits === 0).map(([line]) => gap(what, line))
    const gaps = [...missed('line', lines), ...missed('branch', branches)]
    files.push({
      file,
      lines: lines.length,
      linesHit: lines.filter(([, hits]) => hits > 0).length,
      branches: branches.length,
      branchesHit: branches.filter(([, hits]) => hits > 0).length,
      gaps: gaps.toSorted((a, b) => a.line - b.line),
    })
  }
  return files
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
