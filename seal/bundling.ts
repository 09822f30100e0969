/** How a bundler has to treat this package for a browser; esbuild takes it as it is, Vite's options have the same names. */

/** Two of Lit's packages name Node's crypto on paths that a browser never takes. */
export const browserBundling = {
  alias: { crypto: '@grimoire/seal/nothing' },
  define: { global: 'globalThis' },
}
