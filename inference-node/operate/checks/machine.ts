/** Checks of this machine: files that only the node's user may read, room on the disk, the model, what computes, the sandbox. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sameAddress } from '@grimoire/schema/hex'
import { sessionKeyFrom } from '@grimoire/seal/grant'
import { privateKeyToAccount } from 'viem/accounts'
import { Engine } from '../../engine/engine.ts'
import { findDownloaded, findModel, isRemote } from '../../engine/model-file.ts'
import { openAiServer } from '../../engine/openai/settings.ts'
import { sandboxOf } from '../../engine/sandbox.ts'
import { readBase } from '../../files/base.ts'
import { PASSPHRASE_ENV, publicKeys, unlock } from '../config-file.ts'
import { passphraseAtHand } from '../passphrase.ts'
import { bytes } from '../say.ts'
import { type Examine, fail, ok, type Patient, skip, warn } from './check.ts'

const LEAST_BYTES = 1_000_000_000

export const files: Examine = ({ settings, configPath }) => {
  const { paymentKey, sessionKey, passphraseFile, tls, directory } = settings
  const secret = [
    ...[paymentKey, sessionKey].flatMap(source =>
      'env' in source ? [] : ['keystore' in source ? source.keystore : source.file],
    ),
    ...[passphraseFile, tls?.keyFile].filter(path => path !== undefined),
  ]
  const missing = secret.filter(path => !existsSync(path))
  if (missing.length > 0) return fail(`not there: ${missing.join(', ')}`, 'restore it from your backup')
  const open = secret.filter(path => (statSync(path).mode & 0o077) !== 0)
  if (open.length > 0) return fail(`open to others: ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`)
  if (existsSync(directory) && (statSync(directory).mode & 0o077) !== 0)
    return warn(`the state folder is open to others: ${directory}`, `chmod 700 ${directory}`)
  if ((statSync(configPath).mode & 0o022) !== 0)
    return fail(`others may write ${configPath}`, `chmod go-w ${configPath}`)
  return ok(`${secret.length} secret files, readable by their owner only`)
}

/** A keystore that does not open is found now, not at the next start. */
export const keys: Examine = async ({ settings }) => {
  const { paymentKey, sessionKey, passphraseFile: file } = settings
  const sealed = [paymentKey, sessionKey].some(source => 'keystore' in source)
  if (sealed && passphraseAtHand({ file, env: PASSPHRASE_ENV }) === undefined)
    return skip(`no passphrase at hand (passphraseFile, ${PASSPHRASE_ENV}): run asks for it`)
  const opened = await unlock(settings)
  const named = await publicKeys(settings)
  const others = [
    ...(sameAddress(privateKeyToAccount(opened.paymentKey).address, named.paymentKey) ? [] : ['paymentKey']),
    ...(sessionKeyFrom(opened.sessionKey).publicKey === named.sessionKey.toLowerCase() ? [] : ['sessionKey']),
  ]
  return others.length === 0
    ? ok('both open')
    : fail(
        `${others.join(' and ')}: the file names another key than lies in it`,
        'restore it from your backup',
      )
}

async function modelPath({ settings }: Patient): Promise<string | null> {
  const { model, modelDirectory = `${settings.directory}/models` } = settings
  if (model === '') return null
  if (!isRemote(model)) return existsSync(model) ? model : null
  return findDownloaded(model, modelDirectory)
}

/** Another server answers: that it is there, and has the model. */
async function served(given: Patient['settings']['engine']) {
  const { baseUrl, model, apiKey } = openAiServer(given)
  const response = await fetch(`${baseUrl}/models`, {
    headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null)
  if (!response?.ok)
    return fail(
      `${baseUrl}/models answers ${response ? response.status : 'nothing'}`,
      'start that server, or correct engine.baseUrl and engine.apiKey',
    )
  const names = JSON.stringify(await response.json())
  return names.includes(JSON.stringify(model))
    ? ok(`${model} at ${baseUrl}`)
    : warn(`${baseUrl} does not list ${model}`, 'correct engine.model, if turns fail')
}

export const model: Examine = async patient => {
  if (patient.settings.engine.kind === 'openai') return served(patient.settings.engine)
  const { model, modelDirectory = patient.settings.directory } = patient.settings
  const path = await modelPath(patient)
  if (path === null)
    return fail(
      `${model} is not on this disk`,
      isRemote(model) ? 'grimoire-node pull' : 'correct model in the configuration',
    )
  readBase(path)
  const { sha256 } = await findModel(path, modelDirectory)
  return ok(`${path}, ${bytes(statSync(path).size)}, sha256 ${sha256}`)
}

/** What has a driver here, whatever the engine makes of it. */
function graphicsCard(): string | null {
  if (existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0')) return 'an NVIDIA card'
  if (existsSync('/dev/kfd')) return 'an AMD card'
  const cards = existsSync('/dev/dri')
    ? readdirSync('/dev/dri').filter(name => name.startsWith('render'))
    : []
  return cards.length > 0 ? 'a graphics card' : null
}

/** `auto` falls back to the processor in silence: only the engine itself knows what it uses. */
export const gpu: Examine = async patient => {
  const { settings, status, quick } = patient
  if (settings.engine.kind === 'openai') return skip('another server computes')
  const asked = settings.engine.gpu
  let used = status?.engine.gpu
  if (used === undefined) {
    const path = quick ? null : await modelPath(patient)
    if (path === null) return skip(quick ? '--quick does not load the model' : 'there is no model to load')
    const engine = await Engine.start({ ...settings.engine, modelPath: path })
    used = engine.facts.gpu
    await engine.stop()
  }
  const card = graphicsCard()
  if (used) return ok(`${used} computes (asked: ${asked})`)
  const mend = 'install the card’s driver (and CUDA or Vulkan), or set engine.gpu = false'
  if (asked !== 'auto' && asked !== false) return fail(`asked for ${asked}, and the processor computes`, mend)
  return asked === 'auto' && card
    ? warn(`this machine has ${card}, and the processor computes`, mend)
    : ok('the processor computes')
}

export const disk: Examine = async ({ settings }) => {
  const places = [settings.directory, settings.modelDirectory ?? settings.directory]
  const left = await Promise.all(
    places.map(async place => {
      let at = place
      while (!existsSync(at)) at = dirname(at)
      const { bavail, bsize } = await statfs(at)
      return bavail * bsize
    }),
  )
  const least = Math.min(...left)
  return least < LEAST_BYTES
    ? fail(
        `${bytes(least)} free for ${settings.directory}`,
        'free some: vouchers that cannot be written are not taken',
      )
    : ok(`${bytes(least)} free for ${settings.directory}`)
}

export const stateFolder: Examine = async ({ settings }) => {
  await mkdir(settings.directory, { recursive: true, mode: 0o700 })
  const { uid } = statSync(settings.directory)
  const me = process.getuid?.() ?? uid
  return uid === me || me === 0
    ? ok(settings.directory)
    : fail(`${settings.directory} belongs to another user`, `chown -R $(id -un) ${settings.directory}`)
}

export const sandbox: Examine = async () => {
  const { kind, reason } = await sandboxOf()
  return kind === 'bubblewrap'
    ? ok('the engine has no network and nothing to write, by bubblewrap')
    : warn(
        `the engine is held by Node’s permissions alone${reason ? `: ${reason}` : ''}`,
        'install bubblewrap and allow user namespaces, or run the node in a container',
      )
}
