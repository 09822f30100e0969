/** `npm run deploy` as people run it: Base without a key, and what it says to wrong flags, terms, key files and chains. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Hex, parseEther } from 'viem'
import { dryRun } from './deploy-command.ts'
import { runDeploy } from './deploy-flags.ts'
import { messageOf, people, place, publicTerms, startAnvil, startMain, startPublic } from './fixture.ts'
import { NETWORKS } from './networks.ts'
import { PROXY_SIGNER, planLedger } from './plan.ts'
import { termsText } from './terms.ts'

const { owner } = people
const network = NETWORKS['base-sepolia']

test('the command dry-runs Base without a key, and says what mends wrong flags, terms and key files', async () => {
  const anvil = await startPublic(NETWORKS.base)
  after(() => anvil.stop())
  const { termsPath, folder } = place(anvil, publicTerms)
  const main = async (args: readonly string[]) => {
    const { child, output } = startMain(args)
    const [code] = await once(child, 'close')
    return { code, ...output }
  }
  const right = ['--network', 'base', '--rpc', anvil.url, '--terms', termsPath, '--folder', folder]
  const dry = await main([...right, '--dry-run'])
  assert.deepEqual([dry.code, dry.err], [0, ''])
  for (const { name, address } of planLedger(publicTerms, NETWORKS.base.money).creations) {
    assert.ok(dry.out.includes(`${name.padEnd(12)} ${address}`), `${name} at ${address} in\n${dry.out}`)
  }
  const key = join(folder, 'open-key')
  writeFileSync(key, `0x${'11'.repeat(32)}`, { mode: 0o644 })
  const bad = join(folder, 'bad.json')
  const wrong = ['--network', 'base', '--dry-run', '--terms', bad]
  const written = JSON.parse(termsText(publicTerms))
  const failing: [readonly string[], object | null, RegExp][] = [
    [[], null, /got no --network, expected one of devnet, base-sepolia, base/],
    [['--network', 'mainnet'], null, /got --network mainnet, expected one of/],
    [['--dry'], null, /got --dry, expected only --network/],
    [right, null, /got no --key-file, expected one/],
    [[...right, '--key-file', 'nowhere'], null, /--key-file: got nowhere, where nothing is/],
    [[...right, '--key-file', key], null, /open-key: got a key that others .* can read, expected mode 600/],
    [wrong, { ...written, owner: 'me' }, /owner: got "me", expected an address/],
    [wrong, { ...written, slashedTo: owner.address }, /slashedTo: got "0x.*who decides/],
    [wrong, { ...written, feeBps: 1 }, /feeBps: got 1, expected none but owner/],
    [wrong, { ...written, protocolFeeBps: 501 }, /a whole number from 0 to 500/],
    [wrong, { ...written, minimumBondAtomic: 5 }, /got 5, expected atomic units/],
    [wrong, { ...written, metadataBase: 'http://a.b' }, /begins with https/],
  ]
  for (const [args, content, expected] of failing) {
    if (content) writeFileSync(bad, JSON.stringify(content))
    assert.match(await messageOf(runDeploy(args, () => {})), expected)
  }
  const failed = await main(right)
  assert.deepEqual([failed.code, failed.out], [1, ''])
  assert.match(failed.err, /^base: got no --key-file, .*\n$/)
})

test('a devnet gets money and x402 of its own, and is verified by the files of its folder', async () => {
  const anvil = await startAnvil()
  after(() => anvil.stop())
  const { termsPath, folder } = place(anvil, { ...publicTerms, metadataBase: 'http://127.0.0.1:8787' })
  const said: string[] = []
  const run = (...args: string[]) =>
    runDeploy(['--network', 'devnet', '--rpc', anvil.url, '--folder', folder, ...args], line =>
      said.push(line),
    )
  assert.match(await messageOf(run('--dry-run')), /^there are no terms at .*terms\.json/)
  await run('--dry-run', '--terms', termsPath)
  await run('--terms', termsPath)
  await run()
  await run('--verify')
  assert.match(
    said.join('\n'),
    /TestMoney created[\s\S]*stood already and is verified[\s\S]*Verified on the devnet/,
  )
})

test('a chain without the deployment proxy is named with what mends it, and that mends it', async () => {
  const anvil = await startAnvil(network.chain, ['--disable-default-create2-deployer'])
  after(() => anvil.stop())
  const { request } = place(anvil, publicTerms)
  assert.match(
    await messageOf(dryRun(request)),
    /nothing at 0x4e59[\s\S]*Send 0\.01 ether to 0x3fAB[\s\S]*docs\/deploy\.md/,
  )
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'deploy.md'), 'utf8')
  const [serializedTransaction] = /0xf8a5[0-9a-f]+/.exec(page) ?? []
  await anvil.testClient.setBalance({ address: PROXY_SIGNER, value: parseEther('0.01') })
  const hash = await anvil.publicClient.sendRawTransaction({
    serializedTransaction: serializedTransaction as Hex,
  })
  await anvil.publicClient.waitForTransactionReceipt({ hash })
  // Now all that is missing is what was never there.
  assert.match(await messageOf(dryRun(request)), /^x402's settlement: got no contract/)
})
