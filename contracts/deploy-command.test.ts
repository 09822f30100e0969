/** `npm run deploy` on real chains that have a public chain's id: dry, fresh, again, cut and continued, tampered with, refused. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, keccak256, parseEther, stringToHex, toHex } from 'viem'
import { deployContract } from './creation.ts'
import { installSettlement } from './deploy.ts'
import { deploy, dryRun, type Request, verify } from './deploy-command.ts'
import { loadAddresses, publicFiles } from './deployments.ts'
import { type Anvil, people, publicTerms, startAnvil } from './fixture.ts'
import { moneyAbi, moneyBytecode } from './generated/money.ts'
import { policyAbi } from './generated/policy.ts'
import { NETWORKS, type Network } from './networks.ts'
import { PROXY_SIGNER, planLedger, type Terms } from './plan.ts'
import { termsText } from './terms.ts'

const { deployer, owner, treasury } = people
const asDeployer = { account: deployer, ownerIsDeployer: false }
const network = NETWORKS['base-sepolia']

/** Money that speaks USDC's tongue, at USDC's address. */
async function placeMoney({ publicClient, testClient, walletOf }: Anvil, { money }: Network): Promise<void> {
  assert.ok(money)
  const walletClient = walletOf(deployer)
  const creation = { abi: moneyAbi, bytecode: moneyBytecode }
  const { address } = await deployContract({ publicClient, walletClient }, 'TestMoney', creation)
  const bytecode = await publicClient.getCode({ address })
  assert.ok(bytecode)
  await testClient.setCode({ address: money, bytecode })
}

/** A chain with a public chain's id and all that is given there. */
async function startPublic({ chain, ...rest }: Network): Promise<Anvil> {
  const anvil = await startAnvil(chain)
  await installSettlement({ ...anvil, walletClient: anvil.walletOf(deployer) })
  await placeMoney(anvil, { chain, ...rest })
  return anvil
}

type Place = { request: Request; said: string[]; folder: string; termsPath: string }

/** A request from a folder of its own, with these terms in a file. */
function place({ url }: Anvil, terms: Terms | Record<string, unknown>, of: Network = network): Place {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-deploy-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const termsPath = join(folder, 'given.json')
  // Safety: where it is not Terms, it is the JSON of a test that expects a refusal.
  const text = 'accountCodeHashes' in terms ? termsText(terms as Terms) : JSON.stringify(terms)
  writeFileSync(termsPath, text)
  const said: string[] = []
  const files = publicFiles(of.chain.id, folder)
  const request = { network: of, rpcUrl: url, files, termsPath, say: (line: string) => said.push(line) }
  return { request, said, folder, termsPath }
}

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

const sent = ({ publicClient }: Anvil) => publicClient.getTransactionCount({ address: deployer.address })

describe('a deployment to a public chain', () => {
  let anvil: Anvil
  before(async () => {
    anvil = await startPublic(network)
  })
  after(() => anvil.stop())

  test('does what its dry run said, verifies, and a second run changes nothing', async () => {
    const { request, said } = place(anvil, publicTerms)
    const nonce = await sent(anvil)
    const forecast = await dryRun(request)
    assert.equal(await sent(anvil), nonce)
    assert.equal(loadAddresses(request.files), null)
    assert.match(
      said.join('\n'),
      /Base Sepolia, chain 84532[^]*Works +0x[^]*gas +[\d,]{9,}[^]*Nothing was sent/,
    )

    const { addresses, created } = await deploy(request, asDeployer)
    assert.equal(created.length, forecast.rows.length)
    for (const [index, { creation, gasUsed }] of created.entries()) {
      const row = forecast.rows[index]
      assert.deepEqual([row?.name, row?.address], [creation.name, creation.address])
      assert.ok(
        Math.abs(Number(row?.gas) / Number(gasUsed) - 1) < 0.02,
        `${row?.name}: ${row?.gas}, ${gasUsed}`,
      )
    }
    assert.deepEqual({ ...addresses, ...planLedger(publicTerms, network.money).addresses }, addresses)
    assert.deepEqual(loadAddresses(request.files), addresses)
    const [first] = created
    assert.equal(BigInt(addresses.deployedAtBlock), first?.blockNumber)

    const before = [
      await sent(anvil),
      readFileSync(request.files.addresses),
      readFileSync(request.files.terms),
    ]
    const again = await deploy(request, asDeployer)
    assert.deepEqual(again, { addresses, created: [] })
    const { termsPath, ...remembering } = request
    await deploy(remembering, asDeployer)
    await verify(remembering)
    const now = [await sent(anvil), readFileSync(request.files.addresses), readFileSync(request.files.terms)]
    assert.deepEqual(now, before)
    assert.match(said.join('\n'), /stood already and is verified; .* is unchanged/)
  })

  test('finds, without its files, what stands and since when', async () => {
    const fresh = place(anvil, { ...publicTerms, metadataBase: 'https://lost.example' })
    const { addresses } = await deploy(fresh.request, asDeployer)
    await anvil.testClient.mine({ blocks: 40 })
    rmSync(fresh.request.files.addresses)
    const found = await deploy(fresh.request, asDeployer)
    assert.deepEqual(found, { addresses, created: [] })
  })

  test('is continued after it was killed in the middle, to the same addresses', async () => {
    const { request, folder, termsPath } = place(anvil, {
      ...publicTerms,
      metadataBase: 'https://cut.example',
    })
    const expected = planLedger({ ...publicTerms, metadataBase: 'https://cut.example' }, network.money)
    const key = join(folder, 'key')
    writeFileSync(key, toHex(deployer.getHdKey().privateKey ?? new Uint8Array()), { mode: 0o600 })
    await anvil.testClient.setAutomine(false)
    const from = await anvil.publicClient.getBlockNumber()
    const args = ['--network', 'base-sepolia', '--rpc', anvil.url, '--terms', termsPath]
    const run = startMain([...args, '--folder', folder, '--key-file', key])
    const waiting = async () => (await anvil.testClient.getTxpoolStatus()).pending > 0
    for (let sent = 0; sent < 2; sent += 1) {
      while (!(await waiting())) await sleep(20)
      if (sent === 0) await anvil.testClient.mine({ blocks: 1 })
    }
    run.child.kill('SIGKILL')
    await once(run.child, 'exit')
    // What was sent before the end is mined after it.
    await anvil.testClient.setAutomine(true)
    await anvil.testClient.mine({ blocks: 1 })
    const standing = await Promise.all(
      expected.creations.map(({ address }) => anvil.publicClient.getCode({ address })),
    )
    assert.deepEqual(
      standing.map(code => code !== undefined),
      // Policy and Operators got through; Works, Gate and the key network are new by the metadata or not at all.
      expected.creations.map(
        ({ name }) => ['Policy', 'Operators', 'KeyNetwork'].includes(name) || name === 'Works',
      ),
    )
    const { addresses, created } = await deploy(request, asDeployer)
    assert.deepEqual({ ...addresses, ...expected.addresses }, addresses)
    assert.ok(created.length > 0 && created.length < expected.creations.length)
    assert.ok(addresses.deployedAtBlock <= Number(from) + 2)
  })

  test('is found out when any of its code or facts is tampered with', async () => {
    const { request } = place(anvil, publicTerms)
    const { addresses } = await deploy(request, asDeployer)
    const { publicClient, testClient } = anvil
    const withCode = async (address: Hex, change: (code: string) => string, expected: RegExp) => {
      const code = await publicClient.getCode({ address })
      assert.ok(code)
      const altered = change(code)
      assert.notEqual(altered, code)
      await testClient.setCode({ address, bytecode: altered as Hex })
      assert.match(await messageOf(verify(request)), expected)
      await testClient.setCode({ address, bytecode: code })
    }
    const lastByte = (code: string) => `${code.slice(0, -2)}${code.endsWith('00') ? '01' : '00'}`
    const other = owner.address.slice(2).toLowerCase()
    const theirs = treasury.address.slice(2).toLowerCase()
    await withCode(
      addresses.gate,
      lastByte,
      /^Gate, code at 0x.*: got 1473 bytes of hash 0x.*, expected 1473 bytes of/,
    )
    await withCode(addresses.admissions, lastByte, /^Admissions, code at/)
    await withCode(addresses.works, code => code.replaceAll(theirs, other), /^Works, code at/)
    await withCode(addresses.operators, () => '0x', /^Operators: got no contract at 0x.*, expected one/)
    await withCode(addresses.multicall3, () => '0x00', /^Multicall3 at 0x.*: got no answer/)
    await withCode(addresses.settlement, () => '0x00', /^x402's settlement, id of a channel: got no answer/)
    await withCode(addresses.collector, () => '0x', /^x402's collector: got no contract/)
    await verify(request)

    const at = { address: addresses.policy, index: 0 } as const
    const kept = await publicClient.getStorageAt({ address: at.address, slot: '0x0' })
    await testClient.setStorageAt({ ...at, value: toHex(7, { size: 32 }) })
    const fault = /^Policy, owner: got "0x0+7", expected "0x/i
    assert.match(await messageOf(verify(request)), fault)
    await testClient.setStorageAt({ ...at, value: kept ?? '0x' })
    await verify(request)
  })

  test('knows what its owner changed by the rules, once the terms say so', async () => {
    const base = { ...publicTerms, metadataBase: 'https://changed.example', protocolFeeBps: 240 }
    const { request, termsPath } = place(anvil, base)
    const { addresses } = await deploy(request, asDeployer)
    const call = {
      address: addresses.policy,
      abi: policyAbi,
      functionName: 'announceFee',
      args: [200],
    } as const
    await anvil.testClient.setBalance({ address: owner.address, value: parseEther('1') })
    await anvil.walletOf(owner).writeContract(call)
    await verify(request)
    await anvil.testClient.increaseTime({ seconds: 49 * 3600 })
    await anvil.testClient.mine({ blocks: 1 })
    assert.match(
      await messageOf(verify(request)),
      /^Policy, protocolFeeBps: got 200, expected 240\n.*"since"/,
    )
    writeFileSync(termsPath, termsText({ ...base, since: { protocolFeeBps: 200 } }))
    await verify(request)
    const { created } = await deploy(request, asDeployer)
    assert.deepEqual(created, [])
  })

  test('is refused where the terms would make another ledger than the one that the files name', async () => {
    const { request, termsPath } = place(anvil, publicTerms)
    await deploy(request, asDeployer)
    writeFileSync(termsPath, termsText({ ...publicTerms, protocolFeeBps: 251 }))
    for (const run of [dryRun(request), deploy(request, asDeployer), verify(request)]) {
      assert.match(
        await messageOf(run),
        /^policy: the addresses file has 0x.*, this code and these terms give 0x/,
      )
    }
  })

  test('is refused to an owner by accident, and to an account that cannot pay', async () => {
    const { request } = place(anvil, { ...publicTerms, owner: deployer.address })
    const nonce = await sent(anvil)
    assert.match(
      await messageOf(deploy(request, asDeployer)),
      /^owner: got 0x.*the very account that deploys/,
    )
    const poor = place(anvil, { ...publicTerms, minimumBondAtomic: 1n })
    await anvil.testClient.setBalance({ address: treasury.address, value: 1n })
    const asPoor = { account: treasury, ownerIsDeployer: false }
    assert.match(
      await messageOf(deploy(poor.request, asPoor)),
      /: got 0\.0+1 ether, expected at least 0\.\d+ for gas/,
    )
    assert.equal(await sent(anvil), nonce)
    await deploy(request, { account: deployer, ownerIsDeployer: true })
  })

  test('is refused with a money that does not take permits and authorizations', async () => {
    const { request } = place(anvil, publicTerms)
    const { money } = network
    assert.ok(money)
    const code = await anvil.publicClient.getCode({ address: money })
    assert.ok(code)
    const hashOf = (type: string) => keccak256(stringToHex(type)).slice(2)
    const fields =
      'address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce'
    const receive = hashOf(`ReceiveWithAuthorization(${fields})`)
    const permit = hashOf(
      'Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)',
    )
    const cases: [string, RegExp][] = [
      ['0x', /there is no contract at 0x036CbD53842c5426634e7929541eC2318f3dCF7e, the money/],
      ['0x00', /decimals: got null, expected 6\n[^]*no name or no version/],
      [
        code.replaceAll(receive, hashOf('other')),
        /type hash of EIP-3009: got[^]*refuses an EIP-3009 authorization/,
      ],
      [code.replaceAll(permit, hashOf('other')), /refuses an EIP-2612 permit that is signed rightly/],
    ]
    const nonce = await sent(anvil)
    for (const [bytecode, expected] of cases) {
      assert.notEqual(bytecode, code)
      await anvil.testClient.setCode({ address: money, bytecode: bytecode as Hex })
      assert.match(await messageOf(dryRun(request)), expected)
      assert.match(await messageOf(deploy(request, asDeployer)), expected)
    }
    assert.equal(await sent(anvil), nonce)
    await anvil.testClient.setCode({ address: money, bytecode: code })
    await dryRun(request)
  })

  test('is refused to a chain of another id, by name', async () => {
    const { request } = place(anvil, publicTerms, NETWORKS.base)
    assert.match(
      await messageOf(dryRun(request)),
      /^the chain at http:.*: got the chain id 84532, expected 8453\. /,
    )
  })
})

/** The command as people run it. */
function startMain(args: readonly string[]) {
  const path = join(import.meta.dirname, 'deploy-main.ts')
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (output.out += data))
  child.stderr.on('data', (data: Buffer) => (output.err += data))
  return { child, output }
}

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
  const written = JSON.parse(termsText(publicTerms))
  const failing: [readonly string[], object | null, RegExp][] = [
    [[], null, /got no --network, expected one of devnet, base-sepolia, base/],
    [['--network', 'mainnet'], null, /got --network mainnet, expected one of/],
    [['--dry'], null, /got --dry, expected only --network/],
    [right, null, /got no --key-file, expected one/],
    [[...right, '--key-file', key], null, /open-key: got a key that others .* can read, expected mode 600/],
    [
      ['--network', 'base', '--terms', bad],
      { ...written, owner: 'me' },
      /owner: got "me", expected an address/,
    ],
    [
      ['--network', 'base', '--terms', bad],
      { ...written, slashedTo: owner.address },
      /slashedTo: got "0x.*who decides/,
    ],
    [
      ['--network', 'base', '--terms', bad],
      { ...written, feeBps: 1 },
      /feeBps: got 1, expected none but owner/,
    ],
    [
      ['--network', 'base', '--terms', bad],
      { ...written, protocolFeeBps: 501 },
      /a whole number from 0 to 500/,
    ],
    [
      ['--network', 'base', '--terms', bad],
      { ...written, minimumBondAtomic: 5 },
      /got 5, expected atomic units/,
    ],
    [['--network', 'base', '--terms', bad], { ...written, metadataBase: 'http://a.b' }, /begins with https/],
  ]
  for (const [args, content, expected] of failing) {
    if (content) writeFileSync(bad, JSON.stringify(content))
    const { code, err } = await main(args)
    assert.equal(code, 1)
    assert.match(err, expected)
  }
})

test('a chain without the deployment proxy is named with what mends it, and that mends it', async () => {
  const anvil = await startAnvil(network.chain, ['--disable-default-create2-deployer'])
  after(() => anvil.stop())
  const { request } = place(anvil, publicTerms)
  assert.match(
    await messageOf(dryRun(request)),
    /nothing at 0x4e59[^]*Send 0\.01 ether to 0x3fAB[^]*docs\/deploy\.md/,
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
