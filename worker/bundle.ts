/** The Workers as modules: what `wrangler deploy` would ship, built in memory for a workerd on this machine. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import { leanDrizzle, leanLedger, leanViem, leanZod, oneCopyOfCurves } from './lean.ts'

const ENTRY = join(import.meta.dirname, 'index.ts')
const MEASURED_ENTRY = join(import.meta.dirname, 'measured.ts')
const CARDS_ENTRY = join(import.meta.dirname, 'cards', 'index.ts')
const { resolve } = createRequire(import.meta.url)

const SETTINGS = {
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2024',
  charset: 'utf8',
  conditions: ['workerd', 'worker', 'browser'],
  mainFields: ['browser', 'module', 'main'],
  external: ['cloudflare:workers'],
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} as const satisfies BuildOptions

/** What is imported by name runs when the module is evaluated; what is imported by a call, when that is made. */
function evaluatedFrom({ inputs }: Metafile, entry: string): string[] {
  const reached = new Set([relative(process.cwd(), entry)])
  for (const input of reached) {
    for (const { path, kind, external } of inputs[input]?.imports ?? [])
      if (kind === 'import-statement' && !external) reached.add(path)
  }
  return [...reached]
}

/** Where the pieces would lie, were they written. */
const PIECES = join(import.meta.dirname, 'pieces')

/**
 * Modules that are always needed together are one piece, which the second build takes as one module: evaluated at once, and
 * with a tenth of the code that holds modules apart.
 */
const piecesFrom = (files: readonly OutputFile[]): Plugin => ({
  name: 'pieces',
  setup({ onResolve, onLoad }) {
    const texts = new Map(files.map(({ path, text }) => [path, text]))
    onResolve({ filter: /./ }, ({ path, resolveDir, kind }) => {
      const whole = kind === 'entry-point' ? `${path}.js` : join(resolveDir, path)
      return texts.has(whole) ? { path: whole, namespace: 'pieces' } : null
    })
    onLoad({ filter: /./, namespace: 'pieces' }, ({ path }) => ({
      contents: texts.get(path) ?? '',
      resolveDir: dirname(path),
    }))
  },
})

/**
 * `inputs` are the files that went in: the proof of what did not; `atStart` those of them that an isolate evaluates before
 * its first request. `measured` is the benchmark's.
 */
export async function bundleWorker({
  minify = false,
  measured = false,
} = {}): Promise<{ code: string; inputs: string[]; atStart: string[] }> {
  const entry = measured ? MEASURED_ENTRY : ENTRY
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    ...SETTINGS,
    metafile: true,
    splitting: true,
    outdir: PIECES,
    plugins: [leanZod, leanViem, leanLedger, leanDrizzle, oneCopyOfCurves],
  })
  const { outputFiles: whole } = await build({
    entryPoints: [join(PIECES, basename(entry, '.ts'))],
    minify,
    ...SETTINGS,
    plugins: [piecesFrom(outputFiles)],
  })
  const inputs = Object.keys(metafile.inputs)
  return { code: whole[0]?.text ?? '', inputs, atStart: evaluatedFrom(metafile, entry) }
}

/** The card drawer, with its fonts and its compiled library as modules beside it, as wrangler ships them. */
export async function bundleCards() {
  const files = new Set<string>()
  const beside: Plugin = {
    name: 'beside',
    setup({ onResolve }) {
      onResolve({ filter: /\.(ttf|wasm)$/ }, ({ path }) => {
        files.add(resolve(path))
        return { path: `./${basename(path)}`, external: true }
      })
    },
  }
  const result = await build({ entryPoints: [CARDS_ENTRY], ...SETTINGS, plugins: [beside] })
  const modules = await Promise.all(
    [...files].map(async file => ({
      type: file.endsWith('.wasm') ? ('CompiledWasm' as const) : ('Data' as const),
      path: basename(file),
      contents: await readFile(file),
    })),
  )
  const main = { type: 'ESModule' as const, path: 'index.js', contents: result.outputFiles[0]?.text ?? '' }
  return { modules: [main, ...modules], compatibilityDate: '2026-08-01' }
}
