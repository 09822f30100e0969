/** What the path costs: opening, first token, decoding, gas of each step, sealing; beside the plain tools it stands on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Devnet, startDevnet } from '@grimoire/devnet/market'
import { freePorts } from '@grimoire/devnet/ports'
import { benchChat } from './chat.ts'
import { benchGas } from './gas.ts'
import { benchOpening } from './opening.ts'
import type { Row } from './row.ts'
import { benchSeal } from './seal.ts'
import { setStage } from './stage.ts'

async function onDevnet<T>(run: (devnet: Devnet) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-bench-'))
  const devnet = await startDevnet({ folder, ports: await freePorts() })
  try {
    return await run(devnet)
  } finally {
    await devnet.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Which part is being measured goes to stderr: a benchmark that is silent for a minute looks like one that hangs. */
async function measure(name: string, run: () => Promise<Row[]>): Promise<Row[]> {
  const started = performance.now()
  const rows = await run()
  process.stderr.write(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
  return rows
}

export async function benchPath(): Promise<Row[]> {
  const seal = await measure('sealing', benchSeal)
  return onDevnet(async devnet => {
    const stage = await setStage(devnet)
    const chat = await measure('chat', () => benchChat(stage))
    const opening = await measure('opening', () => benchOpening(stage))
    const gas = await measure('gas', () => benchGas(stage))
    return [...opening, ...chat, ...seal, ...gas]
  })
}
