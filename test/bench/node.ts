/** What the inference node costs: its engine beside llama-server and node-llama-cpp, on a model made here, one thread. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomBase } from '@grimoire/inference-node/engine/random-gguf'
import { benchThroughput, benchWarmPrompt } from './node/speed.ts'
import { benchSwitching } from './node/switching.ts'
import { benchWhole } from './node/whole.ts'
import { benchAdmission } from './node-admission.ts'
import { benchVouchers } from './node-vouchers.ts'
import type { Row } from './row.ts'

/** 110 million weights of 8 bits in the shape of a small served model. */
const MODEL = {
  ...{ width: 768, layers: 12, heads: 12, feedForward: 2_048, words: 31_739, contextTokens: 4_096 },
  quantized: true,
}
const ROUNDS = 7

async function measure(name: string, run: () => Promise<Row[]>): Promise<Row[]> {
  const started = performance.now()
  const rows = await run()
  const load = loadavg().map(value => value.toFixed(1))
  process.stderr.write(
    `${name}: ${((performance.now() - started) / 1000).toFixed(0)} s, load ${load.join(' ')}\n`,
  )
  return rows
}

export async function benchNode(args: string[]): Promise<Row[]> {
  const { values } = parseArgs({
    args,
    options: { 'llama-server': { type: 'string' }, rounds: { type: 'string' } },
  })
  const count = Number(values.rounds ?? ROUNDS)
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-bench-'))
  const modelPath = join(folder, 'base.gguf')
  try {
    writeFileSync(modelPath, randomBase(MODEL))
    const options = { modelPath, server: values['llama-server'], count }
    return [
      ...(await measure('throughput', () => benchThroughput(options))),
      ...(await measure('warm prompt', () => benchWarmPrompt(options))),
      ...(await measure('whole node', () => benchWhole(options))),
      ...(await measure('adapters', () => benchSwitching(modelPath, count))),
      ...(await measure('vouchers', benchVouchers)),
      ...(await measure('admission', benchAdmission)),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
