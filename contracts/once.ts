/** What every file of one run of the tests would make anew, and alike, is made once: the run names a folder, and takes it away. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** Outside of a run nothing is kept: whoever changes a source meets the change at the next start. */
const FOLDER = process.env.GRIMOIRE_TEST_RUN

/** Two that make it at once write the same; nobody reads a half. */
function keep(path: string, bytes: string | Uint8Array): void {
  const whole = `${path}.${process.pid}`
  writeFileSync(whole, bytes)
  renameSync(whole, path)
}

export async function oncePerRun<T>(name: string, make: () => Promise<T>): Promise<T> {
  if (!FOLDER) return make()
  const path = join(FOLDER, name)
  if (existsSync(path)) return deserialize(readFileSync(path)) as T // Safety: written below, by the same sources.
  const made = await make()
  keep(path, serialize(made))
  return made
}

/** The path of a file that is written once for a run; null outside of one. */
export async function fileOncePerRun(name: string, make: () => Promise<string>): Promise<string | null> {
  if (!FOLDER) return null
  const path = join(FOLDER, name)
  if (!existsSync(path)) keep(path, await make())
  return path
}

/** The path of a folder that is filled once for a run; null outside of one. */
export async function folderOncePerRun(
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string | null> {
  if (!FOLDER) return null
  const path = join(FOLDER, name)
  if (existsSync(path)) return path
  const whole = mkdtempSync(`${path}.`)
  await fill(whole)
  try {
    renameSync(whole, path)
  } catch (error) {
    // Another file of the run was sooner, with the same.
    if (!existsSync(path)) throw error
    rmSync(whole, { recursive: true, force: true })
  }
  return path
}
