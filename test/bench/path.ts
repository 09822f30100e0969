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

export async function benchPath(): Promise<Row[]> {
  const seal = await benchSeal()
  return onDevnet(async devnet => {
    const stage = await setStage(devnet)
    const opening = await benchOpening(stage)
    const chat = await benchChat(stage)
    const gas = await benchGas(stage)
    return [...opening, ...chat, ...seal, ...gas]
  })
}
