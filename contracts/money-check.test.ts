/** A money that only looks like one is found out before anything is sent. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createPublicClient, custom, type Hex, HttpRequestError, keccak256, stringToHex } from 'viem'
import { deploy, dryRun } from './deploy-command.ts'
import { type Anvil, messageOf, people, place, publicTerms, startPublic } from './fixture.ts'
import { moneyFaults } from './money-check.ts'
import { NETWORKS } from './networks.ts'

const { deployer } = people
const asDeployer = { account: deployer, ownerIsDeployer: false }
const network = NETWORKS['base-sepolia']

const sent = ({ publicClient }: Anvil) => publicClient.getTransactionCount({ address: deployer.address })

describe('a deployment', () => {
  let anvil: Anvil
  before(async () => {
    anvil = await startPublic(network)
  })
  after(() => anvil.stop())

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
      ['0x00', /decimals: got null, expected 6\n[\s\S]*no name or no version/],
      [
        code.replaceAll(receive, hashOf('other')),
        /type hash of EIP-3009: got[\s\S]*refuses an EIP-3009 authorization/,
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

  test('is not told that its money is wrong by a chain that stops answering', async () => {
    const { money } = network
    assert.ok(money)
    const { request } = anvil.publicClient
    const silent = custom({
      request: (call: { method: string }) =>
        call.method === 'eth_call'
          ? Promise.reject(new HttpRequestError({ url: 'http://127.0.0.1:1' }))
          : request(call as never),
    })
    const client = createPublicClient({ chain: network.chain, transport: silent })
    assert.match(await messageOf(moneyFaults(client, money)), /^HTTP request failed/)
  })
})
