/** How Vite makes the page: static files, split so that what a page does not need is not loaded. */
import { join } from 'node:path'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { InlineConfig } from 'vite'

const nothing = join(import.meta.dirname, '..', 'seal', 'nothing.ts')

export const pageBundling = (outDir = 'dist'): InlineConfig => ({
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'error',
  plugins: [react(), tailwind()],
  // Two of the key network's packages name Node's crypto on paths that a browser never takes.
  resolve: { alias: { crypto: nothing } },
  define: { global: 'globalThis' },
  // The studio seals in a worker thread, which loads its parts as the page does.
  worker: { format: 'es' },
  build: {
    target: 'es2024',
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // The policy of the page has no place for an inline script, and a modern browser needs none.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
  },
})
