/** What the Worker leaves at home of the libraries that it brings: what it never runs, and what it would bring twice. */
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

/** By the end of a module's path: what stands there instead. English is imported by its own path and stays. */
const INSTEAD: Record<string, string> = {
  '/locales/index.js': 'export {}',
  // It writes code from text, which a Worker may not run.
  '/compile.js': [
    'compile',
    'withParser',
    'INVALID',
    'ZodCompileAsyncError',
    'ZodCompileUnsupportedError',
    'compileFn',
  ]
    .map(name => `export const ${name} = undefined`)
    .join('\n'),
  '/from-json-schema.js': 'export const fromJSONSchema = undefined',
  // It makes a schema of another one; here each is written out.
  '/visit.js': 'export const visit = undefined',
  // The description of the API is made by another library, from the schemas themselves; only the limits of a schema are read here.
  '/json-schema-processors.js':
    "export { aggregateChecks } from './json-schema-processors.js'\nexport const toJSONSchema = undefined",
  '/json-schema-generator.js': 'export const JSONSchemaGenerator = undefined',
  '/to-json-schema.js': [
    ...['createToJSONSchemaMethod', 'createStandardJSONSchemaMethod'].map(
      name => `export const ${name} = () => undefined`,
    ),
    ...['extractDefs', 'finalize', 'handleUnrepresentable', 'initializeContext', 'processSchema'].map(
      name => `export const ${name} = undefined`,
    ),
  ].join('\n'),
}

const LEFT_OUT =
  /\/(locales\/index|compile|visit|from-json-schema|to-json-schema|json-schema-processors|json-schema-generator)\.js$/

const OURS = /[\\/](schema|worker)[\\/]([\w-]+[\\/])?[\w-]+\.ts$/
const HONOS = /[\\/]@hono[\\/]zod-openapi[\\/]dist[\\/]index\.m?js$/

/** Taken as a value, `z` is all that zod has; taken as a namespace, it is what the sources name. */
const namespaced = (source: string): string =>
  source.replace(
    /^import \{ (createRoute, )?z \} from '(?:zod|@hono\/zod-openapi)'/m,
    (_, createRoute) =>
      `${createRoute ? "import { createRoute } from '@hono/zod-openapi'; " : ''}import * as z from 'zod'`,
  )

/** It hands `z` on, and adds `openapi` to the class that every schema has under it, which is all that it needs of it. */
const needingOneClass = (source: string): string =>
  source
    .replace('import { z } from "zod"', 'import { ZodType } from "zod"')
    .replace('extendZodWithOpenApi(z)', 'extendZodWithOpenApi({ ZodType })')
    .replace(/(export \{.*), z \}/, '$1 }')

export const leanZod: Plugin = {
  name: 'lean-zod',
  setup({ onResolve, onLoad }) {
    onLoad({ filter: OURS }, ({ path }) => ({
      contents: namespaced(readFileSync(path, 'utf8')),
      loader: 'ts',
    }))
    onLoad({ filter: HONOS }, ({ path }) => ({
      contents: needingOneClass(readFileSync(path, 'utf8')),
      loader: 'js',
    }))
    onResolve({ filter: LEFT_OUT }, ({ path, importer }) =>
      /node_modules[\\/]zod[\\/]v4[\\/]/.test(importer)
        ? {
            path: `/${path
              .split('/')
              .slice(path.includes('locales') ? -2 : -1)
              .join('/')}`,
            namespace: 'lean',
            pluginData: dirname(join(dirname(importer), path)),
          }
        : null,
    )
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path, pluginData: resolveDir }) => ({
      contents: INSTEAD[path] ?? '',
      loader: 'js',
      resolveDir,
    }))
  },
}

/**
 * Code that viem would have a chain run where nothing is deployed: a Multicall3 (ours is always deployed), calls through
 * a factory; and its answer to contracts that send a caller to an address of theirs, which the edge never follows. The code
 * that checks the signature of an account that is not deployed yet is viem's own; ox, under it, has a second copy.
 */
const UNUSED_CODE = [
  'multicall3Bytecode',
  'deploylessCallViaBytecodeBytecode',
  'deploylessCallViaFactoryBytecode',
  'universalSignatureValidatorBytecode',
]
const CODES =
  /[\\/](viem[\\/]_esm[\\/]constants[\\/]contracts|ox[\\/]_esm[\\/]erc6492[\\/]SignatureErc6492)\.js$/

export const leanViem: Plugin = {
  name: 'lean-viem',
  setup({ onLoad }) {
    onLoad({ filter: CODES }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/export const (\w+) = '0x[^']*'/g, (whole, name) =>
        UNUSED_CODE.includes(name) ? `export const ${name} = '0x'` : whole,
      ),
      loader: 'js',
    }))
    onLoad({ filter: /[\\/]viem[\\/]_esm[\\/]utils[\\/]ccip\.js$/ }, () => ({
      contents: [
        "export const offchainLookupSignature = '0x556f1830'",
        ...['offchainLookup', 'offchainLookupAbiItem', 'ccipRequest'].map(
          name => `export const ${name} = undefined`,
        ),
      ].join('\n'),
      loader: 'js',
    }))
  },
}

const BY_RELATIONS = /[\\/]drizzle-orm[\\/](relations|sqlite-core[\\/]query-builders[\\/]query)\.js$/

/**
 * Drizzle's second way to ask, by relations, for which a schema is handed over: here every query is written out. And
 * Postgres: SQLite's half asks of each value whether it is one of its enumerations.
 */
export const leanDrizzle: Plugin = {
  name: 'lean-drizzle',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]drizzle-orm[\\/]pg-core[\\/]columns[\\/]enum\.js$/ }, () => ({
      contents: 'export const isPgEnum = () => false',
      loader: 'js',
    }))
    onLoad({ filter: BY_RELATIONS }, ({ path }) => {
      const names = /export \{([\s\S]*?)\};/.exec(readFileSync(path, 'utf8'))?.[1] ?? ''
      const all = [...names.matchAll(/\w+/g)].map(([name]) => `export const ${name} = undefined`)
      return { contents: all.join('\n'), loader: 'js' }
    })
  },
}

/** viem and the ox that it is built on each bring the same release of the same curves: one copy serves both. */
export const oneCopyOfCurves: Plugin = {
  name: 'one-copy-of-curves',
  setup({ onResolve, resolve }) {
    const viem = createRequire(import.meta.url).resolve('viem')
    const versionFrom = (from: string): unknown => {
      const folder = dirname(createRequire(from).resolve('@noble/curves/secp256k1'))
      return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
    }
    onResolve({ filter: /^@noble\/curves\// }, ({ path, importer, kind, pluginData }) => {
      if (pluginData === 'asked' || !/node_modules[\\/]ox[\\/]/.test(importer)) return null
      if (versionFrom(importer) !== versionFrom(viem)) return null
      return resolve(path, { resolveDir: dirname(viem), kind, importer: viem, pluginData: 'asked' })
    })
  },
}

/** A function of the ledger that no source of ours names in quotes is never called; events and errors are all read. */
export const leanLedger: Plugin = {
  name: 'lean-ledger',
  setup({ onLoad, onStart }) {
    let named = new Set<string>()
    onStart(() => {
      const root = dirname(import.meta.dirname)
      const sources = globSync('worker/{*,{routes,store,indexer,relay,trading,health}/*}.ts', { cwd: root })
      const ours = sources.filter(source => !/test\.ts$|fixture|seed\.ts$/.test(source))
      const texts = ours.map(source => readFileSync(join(root, source), 'utf8'))
      named = new Set(texts.flatMap(text => [...text.matchAll(/'(\w+)'/g)].map(([, word]) => word ?? '')))
    })
    onLoad({ filter: /[\\/]contracts[\\/]generated[\\/][\w-]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .split('\n')
        .filter(line => {
          const called = /^\s*\{"type":"(?:function|constructor)"(?:,"name":"(\w+)")?/.exec(line)
          return !called || named.has(called[1] ?? '')
        })
        .join('\n'),
      loader: 'ts',
    }))
  },
}
