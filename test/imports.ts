/** Reads the import statements of the tree's TypeScript: the facts on which the boundary tests stand. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const root = join(import.meta.dirname, '..')

const SKIPPED = new Set([
  'node_modules',
  'out',
  'cache',
  'dist',
  'screens',
  'generated',
  'migrations',
  '.grimoire',
  '.wrangler',
  '.git',
])
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

export function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sourceFiles(path)
    else if (/\.(ts|tsx|mts|js|mjs)$/.test(entry.name)) yield path
  }
}

/** What a file imports, as written. A statement inside a template text counts too: better one false alarm than a gap. */
export function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(IMPORT)].map(match => match[1] ?? match[2] ?? match[3] ?? '').filter(Boolean)
}

/** What stands between the parentheses of each call of one of these functions. A call in a comment counts too. */
export function callsOf(file: string, functions: readonly string[]): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const calls = [...text.matchAll(new RegExp(`\\b(?:${functions.join('|')})(?:<[^()]*>)?\\(`, 'g'))]
  return calls.map(call => {
    const start = call.index + call[0].length
    let end = start
    for (let depth = 1; end < text.length; end++) {
      if (text[end] === '(') depth++
      else if (text[end] === ')' && --depth === 0) break
    }
    return text.slice(start, end)
  })
}

/** The top-level folder of ours that an import reaches, or null for a package from npm or Node. */
export function folderOf(file: string, wanted: string): string | null {
  const named = /^@grimoire\/([^/]+)/.exec(wanted)?.[1]
  if (named) return named
  if (!wanted.startsWith('.')) return null
  return relative(root, join(root, file, '..', wanted)).split('/')[0] ?? null
}
