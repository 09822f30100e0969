/** How fast parts are sealed and opened, beside age called directly on the same bytes. */
import { randomFillSync } from 'node:crypto'
import { openPart, sealPart } from '@grimoire/seal/parts'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { median, type Row, row, timed } from './row.ts'

const ROUNDS = 5
const MEBIBYTE = 1_048_576
const SIZE_BYTES = 8 * MEBIBYTE

export async function benchSeal(): Promise<Row[]> {
  const bytes = randomFillSync(new Uint8Array(SIZE_BYTES))
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const plain = { role: 'adapter', name: 'a.gguf', mediaType: 'application/vnd.gguf', bytes } as const
  const [sealing, opening, plainSealing, plainOpening]: number[][] = [[], [], [], []]
  const speed = (ms: number) => SIZE_BYTES / MEBIBYTE / (ms / 1000)
  // Both sides take turns within a round, so that a slow moment of the machine falls on both.
  for (let round = 0; round < ROUNDS; round += 1) {
    const sealed = await timed(() => sealPart(plain, recipient))
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    const encrypted = await timed(() => encrypter.encrypt(bytes))
    const { part, bytes: ciphertext } = sealed.result
    const opened = await timed(() => openPart(part, ciphertext, identity))
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    const decrypted = await timed(() => decrypter.decrypt(encrypted.result))
    sealing?.push(speed(sealed.ms))
    plainSealing?.push(speed(encrypted.ms))
    opening?.push(speed(opened.ms))
    plainOpening?.push(speed(decrypted.ms))
  }
  // Ours also takes the sha256 that names the ciphertext, which age alone does not.
  const goal: [string, (ratio: number) => boolean] = ['>= 0.7', ratio => ratio >= 0.7]
  return [
    row('seal a part (anchor: age)', 'MiB/s', median(sealing ?? []), {
      anchor: median(plainSealing ?? []),
      goal,
    }),
    row('open a part (anchor: age)', 'MiB/s', median(opening ?? []), {
      anchor: median(plainOpening ?? []),
      goal,
    }),
  ]
}
