/** `pull`: the base model onto this disk, resumed where it broke off, checked by our validator and by its hash. */
import { statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Problem } from '@grimoire/schema/problem'
import { findModel, type Progress } from '../engine/model-file.ts'
import { readBase } from '../files/base.ts'
import { readSettings } from './config-file.ts'
import { answer, bytes, sayJson, table } from './say.ts'

export type PullOptions = { config: string; json: boolean; directory?: string; sha256?: string }

const SAY_EVERY_MS = 500

/** A bar on a terminal, lines of JSON for scripts, silence in a log. The last word is said too when the line then dies. */
export function progressTo(json: boolean): { onProgress: Progress; done(): void } {
  let last = { totalSize: 0, downloadedSize: 0 }
  let due: NodeJS.Timeout | undefined
  let shown = false
  const startedMs = Date.now()
  const tell = () => {
    due = undefined
    const { totalSize, downloadedSize } = last
    if (json) return sayJson({ status: 'downloading', total: totalSize, completed: downloadedSize })
    if (!process.stderr.isTTY) return
    const percent = totalSize > 0 ? Math.floor((downloadedSize / totalSize) * 100) : 0
    const rate = downloadedSize / Math.max(1, (Date.now() - startedMs) / 1000)
    shown = true
    process.stderr.write(`\r\u001b[K${percent} % of ${bytes(totalSize)}, ${bytes(rate)}/s`)
  }
  const onProgress: Progress = progress => {
    last = progress
    due ??= setTimeout(tell, SAY_EVERY_MS)
  }
  const done = () => {
    clearTimeout(due)
    if (shown) process.stderr.write('\n')
  }
  return { onProgress, done }
}

/** Settings are only needed for what was not named. */
function placesOf(model: string | undefined, { config, directory }: PullOptions) {
  if (model !== undefined && directory !== undefined) return { model, directory }
  const settings = readSettings(config)
  return {
    model: model ?? settings.model,
    directory: directory ?? settings.modelDirectory ?? `${settings.directory}/models`,
  }
}

export async function pull(named: string | undefined, options: PullOptions): Promise<void> {
  const { model, directory } = placesOf(named, options)
  const progress = progressTo(options.json)
  const { path, sha256 } = await findModel(model, directory, progress.onProgress).finally(progress.done)
  const expected = options.sha256?.toLowerCase()
  if (expected !== undefined && expected !== sha256)
    throw new Problem('model_file_invalid', { got: `${path} with sha256 ${sha256}`, expected })
  const { architecture, trainedContextTokens } = readBase(path)
  const { size } = statSync(path)
  const { bavail, bsize } = await statfs(dirname(path))
  const facts = { model, path, sha256, bytes: size, architecture, trainedContextTokens }
  answer(options.json, { status: 'success', ...facts }, () =>
    table([
      ['model', path],
      ['sha256', sha256],
      ['size', `${bytes(size)}; ${bytes(bavail * bsize)} left on the disk`],
      ['made for', `${architecture}, ${trainedContextTokens} tokens of context`],
    ]),
  )
}
