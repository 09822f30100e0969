/** Shares at rest and the arithmetic they stand for: wrong passphrase, altered file, too few of them. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { blsCombine, blsDecrypt, blsEncrypt, blsVerify } from '@lit-protocol/wasm'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils'
import { shareOfKey } from './bls.ts'
import { dealForDevelopment, writeDeal } from './development-dealer.ts'
import { pickShare, readShareFile } from './share.ts'

const CURVE = 'Bls12381G2'
const folder = mkdtempSync(join(tmpdir(), 'grimoire-share-'))
after(() => rmSync(folder, { recursive: true }))

const deal = dealForDevelopment({ threshold: 2, total: 3 })
const [path = ''] = writeDeal(deal, folder, 'correct horse')

const points = (identity: string, chosen: number[], secrets = deal.shares): Uint8Array[] =>
  chosen.map(i => hexToBytes(shareOfKey(secrets[i]?.secret ?? 1n, secrets[i]?.about.index ?? 0, identity)))

test('a share opens with its passphrase, and only from a file that others cannot read', () => {
  const share = readShareFile(path, 'correct horse')
  assert.equal(share.about.index, 1)
  assert.equal(share.sign('some identity'), shareOfKey(deal.shares[0]?.secret ?? 0n, 1, 'some identity'))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  chmodSync(path, 0o644)
  assert.throws(() => readShareFile(path, 'correct horse'), /mode 644.*mode 600/)
  chmodSync(path, 0o600)
})

test('the file holds no share in the clear, and opening prints none', () => {
  const text = readFileSync(path, 'utf8')
  assert.ok(!text.includes((deal.shares[0]?.secret ?? 0n).toString(16)))
  const share = readShareFile(path, 'correct horse')
  assert.ok(!JSON.stringify(share).includes((deal.shares[0]?.secret ?? 0n).toString(16)))
})

test('a wrong passphrase and each altered field get a clear error', () => {
  assert.throws(() => readShareFile(path, 'wrong'), {
    code: 'share_invalid',
    message: /wrong passphrase, or the file was altered/,
  })
  const good = JSON.parse(readFileSync(path, 'utf8'))
  const flipped = (hex: string): string => (hex[0] === '0' ? '1' : '0') + hex.slice(1)
  const changes = [
    { index: 2 },
    { threshold: 1 },
    { epoch: 2 },
    { networkKey: flipped(good.networkKey) },
    { verificationKey: flipped(good.verificationKey) },
    { iv: flipped(good.iv) },
    { sealed: flipped(good.sealed) },
    { sealed: good.sealed.slice(0, -2) },
    { kdf: { ...good.kdf, salt: flipped(good.kdf.salt) } },
    { kdf: { ...good.kdf, n: 2 } },
    { format: 'other' },
    { more: 1 },
  ]
  const altered = join(folder, 'altered.json')
  for (const change of changes) {
    writeFileSync(altered, JSON.stringify({ ...good, ...change }), { mode: 0o600 })
    assert.throws(
      () => readShareFile(altered, 'correct horse'),
      { code: 'share_invalid' },
      JSON.stringify(change),
    )
  }
  assert.throws(() => readShareFile(join(folder, 'none.json'), 'x'), {
    code: 'share_invalid',
    message: /does not exist/,
  })
})

test('a share is never written under a passphrase of fewer than eight characters', () => {
  const empty = join(folder, 'empty')
  for (const passphrase of ['', 'seven77'])
    assert.throws(() => writeDeal(deal, empty, passphrase), {
      code: 'config_invalid',
      message: /at least 8/,
    })
})

test('a deal never overwrites the shares that stand', () => {
  assert.throws(() => writeDeal(deal, folder, 'correct horse'), { code: 'EEXIST' })
})

test('any two of three shares open what Lit’s own cipher sealed, and no single one does', async () => {
  const identity = 'lit-accesscontrolcondition://aa/bb'
  const key = hexToBytes(deal.networkKey)
  const box = await blsEncrypt(CURVE, key, utf8ToBytes('secret'), utf8ToBytes(identity))
  for (const chosen of [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 0],
  ]) {
    const combined = await blsCombine(CURVE, points(identity, chosen))
    await blsVerify(CURVE, key, utf8ToBytes(identity), combined)
    assert.equal(Buffer.from(await blsDecrypt(CURVE, box, combined)).toString(), 'secret')
  }
  for (const alone of [0, 1, 2]) {
    const [share] = points(identity, [alone])
    assert.ok(share)
    // Alone it is neither enough to combine, nor itself a decryption key.
    await assert.rejects(async () => {
      const combined = await blsCombine(CURVE, [share])
      await blsVerify(CURVE, key, utf8ToBytes(identity), combined)
    })
    await assert.rejects(blsDecrypt(CURVE, box, share.subarray(1)))
  }
})

test('shares of two epochs do not combine, and each is found in its epoch and the next, not before and not later', async () => {
  const next = dealForDevelopment({ threshold: 2, total: 3, epoch: 2 }, deal.coefficients[0])
  assert.equal(next.networkKey, deal.networkKey)
  const identity = 'lit-accesscontrolcondition://aa/bb'
  const mixed = [...points(identity, [0]), ...points(identity, [1], next.shares)]
  await assert.rejects(async () => {
    const combined = await blsCombine(CURVE, mixed)
    await blsVerify(CURVE, hexToBytes(deal.networkKey), utf8ToBytes(identity), combined)
  })
  const [second = ''] = writeDeal(next, folder, 'correct horse')
  const shares = [readShareFile(path, 'correct horse'), readShareFile(second, 'correct horse')]
  const picked = (asked: number | undefined, chain: number): number | undefined =>
    pickShare(shares, asked, chain)?.about.epoch
  assert.deepEqual([picked(1, 2), picked(2, 2), picked(undefined, 2)], [1, 2, 2])
  assert.deepEqual([picked(1, 1), picked(2, 1), picked(undefined, 1)], [1, undefined, 1])
  assert.deepEqual(
    [picked(1, 3), picked(2, 3), picked(3, 3), picked(undefined, 3)],
    [undefined, 2, undefined, undefined],
  )
})
