/** What the engine process may touch: where bubblewrap runs, no network, no file to write, and none to read but what it needs. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Sandbox = {
  kind: 'bubblewrap' | 'node-permissions'
  /** Why it is not bubblewrap. */
  reason?: string
}

/** How to start a program in the sandbox: what stands before it on its command line. */
export type Walls = { before: string[]; sandbox: Sandbox }

/**
 * What Node itself holds its JavaScript to. It may fork, because node-llama-cpp tries its binary in a process of its
 * own first. Native code is not bound by this: bubblewrap does that.
 */
export const NODE_PERMISSIONS = [
  '--permission',
  '--allow-addons',
  '--allow-child-process',
  '--allow-fs-read=*',
  '--allow-fs-write=/dev/shm',
]

/** Descriptor on which bubblewrap says which process it started. */
export const INFO_FD = 4

const SYSTEM = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store', '/opt/cuda', '/opt/rocm'],
  ...[
    '/etc/ld.so.cache',
    '/etc/ld.so.conf',
    '/etc/ld.so.conf.d',
    '/etc/alternatives',
    '/etc/ssl/openssl.cnf',
  ],
  ...['/etc/vulkan', '/etc/OpenCL', '/sys/devices/system'],
]
const GPU_DEVICES = /^(nvidia.*|dri|kfd)$/

const ALONE = [
  ...['--unshare-user', '--unshare-net', '--unshare-pid', '--unshare-ipc', '--unshare-uts'],
  ...['--unshare-cgroup-try', '--as-pid-1', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
]

/** The code that runs in there: this package's engine, what it imports, and Node. No folder that could hold a key. */
function codePaths(): string[] {
  const engine = import.meta.dirname
  const modules: string[] = []
  for (let folder = engine; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) modules.push(join(folder, 'node_modules'))
  }
  const own = ['package.json', 'engine', 'files'].map(name => join(engine, '..', name))
  const schema = dirname(realpathSync(fileURLToPath(import.meta.resolve('@grimoire/schema/problem'))))
  return [realpathSync(process.execPath), ...own, schema, ...modules]
}

export type Needs = { readable: readonly string[]; gpu: boolean }

function bubblewrapArgs({ readable, gpu }: Needs): string[] {
  const read = [...SYSTEM, ...codePaths(), ...(gpu ? ['/sys'] : []), ...readable].filter(existsSync)
  const devices = gpu ? readdirSync('/dev').filter(name => GPU_DEVICES.test(name)) : []
  return [
    ...ALONE,
    ...read.flatMap(path => ['--ro-bind', path, path]),
    ...['--proc', '/proc', '--dev', '/dev'], // A new /dev: its /dev/shm is memory, and nobody else's.
    ...devices.flatMap(name => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ...['--remount-ro', '/', '--chdir', '/'],
  ]
}

const TRIAL_MS = 20_000

function tryOut(): Promise<Sandbox> {
  if (process.platform !== 'linux') {
    return Promise.resolve({
      kind: 'node-permissions',
      reason: `bubblewrap needs Linux, not ${process.platform}`,
    })
  }
  const args = [...bubblewrapArgs({ readable: [], gpu: false }), realpathSync(process.execPath), '--version']
  return new Promise(resolve => {
    execFile('bwrap', args, { timeout: TRIAL_MS }, (error, _, stderr) => {
      if (!error) return resolve({ kind: 'bubblewrap' })
      const missing = 'code' in error && error.code === 'ENOENT'
      const said = stderr.trim().split('\n')[0] || error.message
      resolve({ kind: 'node-permissions', reason: missing ? 'bwrap is not installed' : said })
    })
  })
}

let found: Promise<Sandbox> | undefined

/** Which sandbox is in force for the engine here, and if it is the lesser one, why. Tried once. */
export function sandboxOf(): Promise<Sandbox> {
  found ??= tryOut()
  return found
}

export async function wallsFor(needs: Needs): Promise<Walls> {
  const sandbox = await sandboxOf()
  return {
    sandbox,
    before:
      sandbox.kind === 'bubblewrap' ? ['bwrap', '--info-fd', String(INFO_FD), ...bubblewrapArgs(needs)] : [],
  }
}
