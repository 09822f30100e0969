/** The door of the commands: what is missing is installed once, however many of them come at once. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const clone = mkdtempSync(join(tmpdir(), 'grimoire-launch-'))
after(() => rmSync(clone, { recursive: true, force: true }))

/** A project of one command and no package, which npm installs in a moment. */
mkdirSync(join(clone, 'devnet'))
copyFileSync(join(import.meta.dirname, 'launch.mjs'), join(clone, 'devnet', 'launch.mjs'))
writeFileSync(join(clone, 'devnet', 'demo.ts'), "process.stdout.write('walked')\n")
const project = { name: 'clone', version: '0.0.0' }
writeFileSync(join(clone, 'package.json'), JSON.stringify(project))
writeFileSync(
  join(clone, 'package-lock.json'),
  JSON.stringify({ ...project, lockfileVersion: 3, requires: true, packages: { '': project } }),
)
/** npm makes no folder for a project without packages. */
const empty = () => mkdirSync(join(clone, 'node_modules'), { recursive: true })
const turn = join(clone, '.grimoire', 'installing')

async function demo() {
  const child = spawn(process.execPath, [join(clone, 'devnet', 'launch.mjs'), 'demo'], { cwd: clone })
  let [out, err] = ['', '']
  child.stdout.on('data', data => {
    out += data
  })
  child.stderr.on('data', data => {
    err += data
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  return { code, out, err }
}

test('of commands that come at once in a fresh clone one installs, the others wait for it, and all run', async () => {
  empty()
  const ran = await Promise.all([demo(), demo(), demo()])
  assert.deepEqual(
    ran.map(({ code, out }) => [code, out]),
    ran.map(() => [0, 'walked']),
    ran.map(({ err }) => err).join(),
  )
  assert.equal(ran.filter(({ err }) => err.includes('Installed in')).length, 1)
  assert.ok(!existsSync(turn))
})

test('a turn that a dead command left behind keeps nobody waiting', async () => {
  rmSync(join(clone, 'node_modules'), { recursive: true })
  empty()
  const dead = spawn(process.execPath, ['--version'])
  await new Promise(resolve => dead.on('close', resolve))
  writeFileSync(turn, String(dead.pid))
  const { code, out } = await demo()
  assert.deepEqual([code, out], [0, 'walked'])
})
