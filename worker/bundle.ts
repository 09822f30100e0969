/** The Worker as one module: what `wrangler deploy` would ship, built in memory for a workerd on this machine. */
import { join } from 'node:path'
import { build } from 'esbuild'

const ENTRY = join(import.meta.dirname, 'index.ts')

/** `inputs` are the files that went in: the proof of what did not. */
export async function bundleWorker({ minify = false } = {}): Promise<{ code: string; inputs: string[] }> {
  const result = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  return { code: result.outputFiles[0]?.text ?? '', inputs: Object.keys(result.metafile.inputs) }
}
