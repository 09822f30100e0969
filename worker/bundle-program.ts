/** One of our programs as a single file, for a run of the tests that starts it a hundred times. */
import { build } from 'esbuild'

export async function bundleProgram(entry: string): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, logLevel: 'silent' },
    ...{ platform: 'node', format: 'cjs', target: 'node24' },
  })
  return outputFiles[0]?.text ?? ''
}
