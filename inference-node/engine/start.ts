/** Starts the engines that the operator chose, and says which base model answers in each. */
import { totalmem } from 'node:os'
import { Problem } from '@grimoire/schema/problem'
import type { CheckedConfig } from '../config.ts'
import { type Base, Bases } from './bases.ts'
import { Engine } from './engine.ts'
import { findModel, type Progress } from './model-file.ts'
import { OpenAiEngine } from './openai/engine.ts'
import { openAiServer } from './openai/settings.ts'

export async function startEngines(config: CheckedConfig, onProgress?: Progress): Promise<Bases> {
  const { engine: chosen, model, models, modelDirectory = `${config.directory}/models` } = config
  if (chosen.kind === 'openai') {
    const { sequences, queue, stallMs } = chosen
    const server = openAiServer(chosen)
    const engine = await OpenAiEngine.start({ ...server, sequences, queue, stallMs })
    return new Bases({ engine, base: { name: server.baseModelName, sha256: server.baseModelSha256 } })
  }
  if (model === '')
    throw new Problem('config_invalid', { param: 'model', got: 'no model', expected: 'a GGUF file' })
  const started: (Base & { engine: Engine })[] = []
  try {
    for (const wanted of [model, ...models]) {
      const { path, sha256 } = await findModel(wanted, modelDirectory, onProgress)
      if (started.some(({ base }) => base.sha256 === sha256)) {
        throw new Problem('config_invalid', {
          param: 'models',
          got: `${wanted} twice`,
          expected: 'each model once',
        })
      }
      const engine = await Engine.start({ ...chosen, ...roomBeside(started, chosen), modelPath: path })
      started.push({ engine, base: { name: engine.facts.modelName, sha256 } })
    }
  } catch (error) {
    for (const { engine } of started) await engine.stop()
    throw error
  }
  const [first, ...others] = started
  if (!first) throw new Problem('internal')
  return new Bases(first, others)
}

/** All models share one budget: each has what those before it left. */
function roomBeside(
  started: readonly { engine: Engine }[],
  { maxMemoryBytes, gpu }: { maxMemoryBytes: number; gpu: unknown },
): { maxMemoryBytes: number } {
  const all = maxMemoryBytes || (gpu === false ? totalmem() : 0)
  if (all === 0) return { maxMemoryBytes }
  const taken = started.reduce((sum, { engine }) => sum + engine.estimatedBytes, 0)
  return { maxMemoryBytes: Math.max(1, all - taken) }
}
