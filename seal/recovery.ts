/** The creator's recovery file: with it, a lost key network is a re-seal and not a loss. Any age program opens it. */
import { sha256Name, workIdText } from '@grimoire/schema/hex'
import type { Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { armor, Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { z } from 'zod'

export const RECOVERY_FORMAT = 'grimoire/recovery@1'

export const recovery = z.object({
  format: z.literal(RECOVERY_FORMAT),
  chainId: z.number().int().positive(),
  workId: workIdText,
  version: z.number().int().min(1),
  contentHash: sha256Name,
  identity: z.string().regex(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/),
})
export type Recovery = z.infer<typeof recovery>

/** 2^16: 64 MiB and about half a second; a passphrase guesser pays that for every guess. */
const SCRYPT_LOG_N = 16
const MIN_PASSPHRASE_LENGTH = 8

/** An armored age file under the passphrase. */
export async function writeRecovery(value: Recovery, passphrase: string): Promise<string> {
  if (passphrase.length < MIN_PASSPHRASE_LENGTH)
    throw new Problem('request_invalid', {
      param: 'passphrase',
      got: `${passphrase.length} characters`,
      expected: `at least ${MIN_PASSPHRASE_LENGTH}`,
    })
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(SCRYPT_LOG_N)
  encrypter.setPassphrase(passphrase)
  return armor.encode(await encrypter.encrypt(JSON.stringify(recovery.parse(value), null, 2)))
}

export async function readRecovery(text: string, passphrase: string): Promise<Recovery> {
  let sealed: Uint8Array
  try {
    sealed = armor.decode(text.trim())
  } catch (cause) {
    throw new Problem('recovery_invalid', { detail: 'It is not an armored age file.', cause })
  }
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const plain = await decrypter.decrypt(sealed, 'text').catch((cause: unknown) => {
    const wrong = cause instanceof Error && cause.message.startsWith('no identity matched')
    throw new Problem(wrong ? 'recovery_wrong_passphrase' : 'recovery_invalid', { cause })
  })
  const checked = recovery.safeParse(parseJson(plain))
  if (!checked.success)
    throw new Problem('recovery_invalid', { detail: checked.error.issues[0]?.message ?? '' })
  return checked.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Refuses a recovery file of another work, or of other parts of the same one. */
export async function checkRecovery(value: Recovery, work: Manifest): Promise<void> {
  if (value.workId !== work.workId || value.chainId !== work.chainId)
    throw new Problem('recovery_invalid', {
      got: `work ${value.workId} on chain ${value.chainId}`,
      expected: work.workId,
    })
  const recipient = await identityToRecipient(value.identity).catch(() => null)
  if (recipient !== work.seal.recipient)
    throw new Problem('recovery_invalid', {
      got: recipient ?? 'no age identity',
      expected: work.seal.recipient,
    })
}
