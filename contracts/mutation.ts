/** Writes each fault into a copy of the ledger and runs the Solidity tests on it: whatever survives is a hole in the tests. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BEHAVIOUR, openCopy } from './copy.ts'
import { forgeBinary } from './foundry.ts'
import type { Mutant } from './mutants.ts'

/** Without the optimizer a fault compiles in half the time; what is tested is behaviour, so cost and size are left out. */
const QUICK = { FOUNDRY_OPTIMIZER: 'false', FOUNDRY_VIA_IR: 'true' }
const FEW = { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '4', FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0' }

export type Verdict = {
  mutant: Mutant
  outcome: 'killed' | 'survived' | 'does not compile'
  /** The first test that failed. */
  by?: string
}

/** A copy of the ledger to break; `close` removes it. The seed of fuzzing is fixed, so that a verdict comes out again. */
export function openBench(seed: number) {
  const copy = openCopy()
  const forge = (args: string[], extra: NodeJS.ProcessEnv) =>
    spawnSync(forgeBinary(), args, {
      cwd: copy.path,
      env: { ...process.env, ...extra },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
  const compiles = () => forge(['build', 'src'], QUICK).status === 0

  /** The first test that fails; nothing if all pass. */
  function failing(): string | undefined {
    const { status, stdout, stderr } = forge(['test', '--fail-fast', ...BEHAVIOUR], {
      ...FEW,
      FOUNDRY_FUZZ_SEED: `0x${seed.toString(16)}`,
      FOUNDRY_PROFILE: 'tests',
    })
    if (status === 0) return undefined
    // "[FAIL: reason] test_it() (gas: 1)"; an invariant's reason goes on over many lines.
    const test = /\[FAIL[\s\S]*?((?:test|invariant|setUp)_?\w*)\([^)]*\) \((?:gas|runs):/.exec(stdout)?.[1]
    if (!test && !stdout.includes('Failing tests:')) {
      throw new Error(`forge ran no test:\n${stdout.slice(-2_000)}${stderr.slice(-2_000)}`)
    }
    return test ?? 'a test'
  }

  function judge(mutant: Mutant): Verdict {
    const path = join(copy.path, 'src', mutant.file)
    const sound = readFileSync(path, 'utf8')
    if (sound.split(mutant.find).length !== 2) {
      throw new RangeError(
        `"${mutant.find}" does not stand exactly once in src/${mutant.file}: write the mutant anew`,
      )
    }
    writeFileSync(path, sound.replace(mutant.find, mutant.replace))
    try {
      if (!compiles()) return { mutant, outcome: 'does not compile' }
      const by = failing()
      return by ? { mutant, outcome: 'killed', by } : { mutant, outcome: 'survived' }
    } finally {
      writeFileSync(path, sound)
    }
  }

  return {
    /** Without a fault everything must pass, or every fault would seem to be found: what does not. */
    unsound: () => (compiles() ? failing() : 'it does not compile'),
    judge,
    close: copy.close,
  }
}
