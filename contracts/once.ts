/** What every file of one run of the tests would make anew, and alike, is made once: the run names a folder, and takes it away. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** Outside of a run nothing is kept: whoever changes a source meets the change at the next start. */
const FOLDER = process.env.GRIMOIRE_TEST_RUN

export async function oncePerRun<T>(name: string, make: () => Promise<T>): Promise<T> {
  if (!FOLDER) return make()
  const path = join(FOLDER, name)
  if (existsSync(path)) return deserialize(readFileSync(path)) as T // Safety: written below, by the same sources.
  const made = await make()
  const whole = `${path}.${process.pid}`
  writeFileSync(whole, serialize(made))
  // Two that make it at once write the same; nobody reads a half.
  renameSync(whole, path)
  return made
}
