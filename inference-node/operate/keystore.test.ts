/** Key files: the standard's own vectors open, a wrong passphrase and a torn file are named, nothing is overwritten. */
import assert from 'node:assert/strict'
import { createCipheriv, pbkdf2Sync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { keccak256 } from 'viem'
import { decryptKey, encryptKey, keystore, readKeystore, writeKeystore } from './keystore.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-keystore-'))
after(() => rmSync(folder, { recursive: true }))

/** From the Web3 Secret Storage Definition: one secret, both derivations. */
const SECRET = '7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const VECTORS = [
  {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3,
  },
  {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
      ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
      kdf: 'scrypt',
      kdfparams: {
        dklen: 32,
        n: 262144,
        p: 8,
        r: 1,
        salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
      },
      mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3,
  },
]

test('the standard’s vector opens with its passphrase and no other; its scrypt twin breaks RFC 7914 and is told so', async () => {
  const [store, other] = VECTORS.map(vector => keystore.parse(vector))
  assert.ok(store && other)
  assert.equal(Buffer.from(await decryptKey(store, 'testpassword')).toString('hex'), SECRET)
  await assert.rejects(decryptKey(store, 'testpasswort'), error =>
    isProblem(error, 'keystore_wrong_passphrase'),
  )
  await assert.rejects(decryptKey(other, 'testpassword'), /RFC 7914/)
})

test('a key that is written opens again, is readable by its owner alone, and is never overwritten', async () => {
  const path = join(folder, 'payment.json')
  const secret = Buffer.alloc(32, 7)
  writeKeystore(path, await encryptKey(secret, 'caf\u00e9', { address: `0x${'AB'.repeat(20)}` }))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.ok(!readFileSync(path, 'utf8').includes(secret.toString('hex')))
  const store = readKeystore(path)
  assert.equal(store.address, 'ab'.repeat(20))
  assert.deepEqual(Buffer.from(await decryptKey(store, 'cafe\u0301')), secret)
  assert.throws(() => writeKeystore(path, store), /EEXIST/)
})

test('a key that another wallet sealed under a passphrase as it was typed opens too', async () => {
  const typed = 'cafe\u0301'
  const [salt, iv, secret] = [Buffer.alloc(32, 1), Buffer.alloc(16, 2), Buffer.alloc(32, 7)]
  const derived = pbkdf2Sync(typed, salt, 1, 32, 'sha256')
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
  const mac = keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2)
  const store = keystore.parse({
    version: 3,
    crypto: {
      ...{ cipher: 'aes-128-ctr', cipherparams: { iv: iv.toString('hex') }, mac },
      ...{ ciphertext: ciphertext.toString('hex'), kdf: 'pbkdf2' },
      kdfparams: { c: 1, dklen: 32, prf: 'hmac-sha256', salt: salt.toString('hex') },
    },
  })
  assert.deepEqual(Buffer.from(await decryptKey(store, typed)), secret)
})

test('a file that is no keystore, or asks for more memory than a machine has, is refused by name', () => {
  const path = join(folder, 'torn.json')
  const refused = (text: string, what: RegExp) => {
    writeFileSync(path, text)
    assert.throws(
      () => readKeystore(path),
      (error: unknown) => {
        assert.ok(isProblem(error, 'config_invalid'))
        assert.match(error.message, what)
        return true
      },
    )
  }
  refused('{', /can be read/)
  refused('{"version":1}', /version/)
  const greedy = JSON.stringify(VECTORS[1]).replace('"n":262144', `"n":${2 ** 40}`)
  refused(greedy, /kdfparams\.n/)
})
