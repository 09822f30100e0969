/**
 * Adds to the lockfile the platform packages that a registry did not serve, so that `npm ci` accepts it everywhere.
 * npm drops an optional package that it cannot find from the lock, and then refuses the lock that it wrote itself.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Entry = {
  version?: string
  optionalDependencies?: Record<string, string>
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
}
type Lock = { packages: Record<string, Entry> }

const path = join(import.meta.dirname, '..', 'package-lock.json')
const SYSTEMS = ['darwin', 'android', 'linux', 'freebsd', 'openbsd', 'netbsd', 'aix', 'sunos', 'openharmony']

/** Without its processor an entry would count as wanted on every machine of its system. */
const PROCESSORS: [RegExp, string][] = [
  [/arm64|aarch64/, 'arm64'],
  [/-arm-/, 'arm'],
  [/ppc64/, 'ppc64'],
  [/riscv64/, 'riscv64'],
  [/s390x/, 's390x'],
  [/ia32/, 'ia32'],
  [/x64|amd64|-64$/, 'x64'],
]

function systemOf(name: string): string | undefined {
  return SYSTEMS.find(system => name.includes(system)) ?? (/win(dows|32)?/.test(name) ? 'win32' : undefined)
}

function entryFor(name: string, version: string, parent: Entry, system: string): Entry {
  const cpu = PROCESSORS.find(([pattern]) => pattern.test(name))?.[1]
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(cpu && { cpu: [cpu] }),
    ...(parent.dev && { dev: true }),
    optional: true,
    os: [system],
    ...(name.includes('musl') && { libc: ['musl'] }),
  }
}

/** The missing entries of a lock; empty when `npm ci` will take it as it is. */
export function missingEntries(lock: Lock): [string, Entry][] {
  const missing: [string, Entry][] = []
  for (const [where, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const hoisted = `node_modules/${name}`
      const nested = where ? `${where}/node_modules/${name}` : hoisted
      if (lock.packages[nested] ?? lock.packages[hoisted]) continue
      const system = systemOf(name)
      if (system) missing.push([hoisted, entryFor(name, version, entry, system)])
    }
  }
  return missing
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock // Safety: npm wrote it; only its known fields are read.
  const missing = missingEntries(lock)
  for (const [where, entry] of missing) lock.packages[where] = entry
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(`package-lock.json: ${missing.length} platform entries added\n`)
}
