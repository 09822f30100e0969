/** Writes each fault into a copy of the ledger and runs the Solidity tests on it: whatever survives is a hole in the tests. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forgeBinary } from './foundry.ts'
import type { Mutant } from './mutants.ts'
import { root } from './sources.ts'

/** Without the optimizer a fault compiles in half the time; what is tested is behaviour, so cost is left out. */
const QUICK = { FOUNDRY_OPTIMIZER: 'false', FOUNDRY_VIA_IR: 'true', FOUNDRY_CODE_SIZE_LIMIT: '100000' }
const FEW = { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '4' }
const NOT_BEHAVIOUR = 'test/{Gas*,GateCost*}'

export type Verdict = { mutant: Mutant; outcome: 'killed' | 'survived' | 'does not compile' }

/** A copy of the ledger to break; `close` removes it. */
export function openBench() {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-mutants-'))
  const copy = join(folder, 'contracts')
  const wanted = (from: string) => !/\/(out|cache|generated|model|bench)(\/|$)/.test(from.slice(root.length))
  cpSync(root, copy, { recursive: true, filter: wanted })
  symlinkSync(join(root, '..', 'node_modules'), join(folder, 'node_modules'))

  const forge = (args: string[], extra: NodeJS.ProcessEnv): boolean =>
    spawnSync(forgeBinary(), args, { cwd: copy, env: { ...process.env, ...extra }, stdio: 'ignore' })
      .status === 0
  const compiles = () => forge(['build', 'src'], QUICK)
  const passes = () =>
    forge(['test', '--fail-fast', '--no-match-path', NOT_BEHAVIOUR], {
      ...FEW,
      FOUNDRY_CODE_SIZE_LIMIT: QUICK.FOUNDRY_CODE_SIZE_LIMIT,
      FOUNDRY_PROFILE: 'tests',
    })

  function judge(mutant: Mutant): Verdict {
    const path = join(copy, 'src', mutant.file)
    const sound = readFileSync(path, 'utf8')
    if (sound.split(mutant.find).length !== 2) {
      throw new RangeError(
        `"${mutant.find}" does not stand exactly once in src/${mutant.file}: write the mutant anew`,
      )
    }
    writeFileSync(path, sound.replace(mutant.find, mutant.replace))
    try {
      if (!compiles()) return { mutant, outcome: 'does not compile' }
      return { mutant, outcome: passes() ? 'survived' : 'killed' }
    } finally {
      writeFileSync(path, sound)
    }
  }

  return {
    /** Without a fault everything must pass, or every fault would seem to be found. */
    isSound: () => compiles() && passes(),
    judge,
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
