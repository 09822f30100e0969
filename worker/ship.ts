/** `npm run ship`: writes the Worker that `wrangler deploy` uploads: the very module that tests run here, minified. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleWorker } from './bundle.ts'

const { code } = await bundleWorker({ minify: true })
mkdirSync(join(import.meta.dirname, 'dist'), { recursive: true })
writeFileSync(join(import.meta.dirname, 'dist', 'edge.js'), code)
process.stderr.write(`The Worker is built: ${Math.round(gzipSync(code).length / 1000)} kB gzipped.\n`)
