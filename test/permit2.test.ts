/** x402's own client and facilitator, unmodified, open a channel by Permit2: by an allowance, and without one or any gas. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PERMIT2_ADDRESS, SETTLEMENT_ADDRESS } from '@grimoire/contracts/addresses'
import { deployContract } from '@grimoire/contracts/creation'
import { installSettlement } from '@grimoire/contracts/deploy'
import { type Anvil, person, startAnvil } from '@grimoire/contracts/fixture'
import { moneyAbi, moneyBytecode } from '@grimoire/contracts/generated/money'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import type { Hex } from '@grimoire/schema/hex'
import { x402Client } from '@x402/core/client'
import { x402Facilitator } from '@x402/core/facilitator'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { toClientEvmSigner, toFacilitatorEvmSigner } from '@x402/evm'
import { BatchSettlementEvmScheme as Paying } from '@x402/evm/batch-settlement/client'
import { BatchSettlementEvmScheme as Settling } from '@x402/evm/batch-settlement/facilitator'
import { maxUint256 } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

const [deployer, operator, receiver] = [person(0), person(1), person(2)]
const NETWORK = 'eip155:31337'

let anvil: Anvil
let money: Hex
let facilitator: x402Facilitator

before(async () => {
  anvil = await startAnvil()
  const { publicClient, testClient, walletOf } = anvil
  const walletClient = walletOf(deployer)
  await installSettlement({ publicClient, walletClient, testClient })
  const creation = { abi: moneyAbi, bytecode: moneyBytecode }
  money = (await deployContract({ publicClient, walletClient }, 'TestMoney', creation)).address
  const wallet = walletOf(operator)
  // Safety: x402 passes complete viem calls; only its types are looser.
  const signer = { ...publicClient, ...wallet, address: operator.address } as never
  facilitator = new x402Facilitator().register(NETWORK, new Settling(toFacilitatorEvmSigner(signer)))
})
after(() => anvil.stop())

const requirements = (): PaymentRequirements => ({
  ...{ scheme: 'batch-settlement', network: NETWORK, asset: money, amount: '1000' },
  ...{ payTo: receiver.address, maxTimeoutSeconds: 60 },
  extra: {
    ...{ name: 'Test Dollar', version: '1', assetTransferMethod: 'permit2' },
    ...{ receiverAuthorizer: operator.address, withdrawDelay: 900 },
  },
})

/** Somebody new who has money and nothing else. */
async function newPayer() {
  const account = privateKeyToAccount(generatePrivateKey())
  const call = {
    address: money,
    abi: moneyAbi,
    functionName: 'mint',
    args: [account.address, 1_000_000n],
  } as const
  const hash = await anvil.walletOf(deployer).writeContract(call)
  await anvil.publicClient.waitForTransactionReceipt({ hash })
  return account
}

/** What x402's client answers a demand for payment with. */
async function pay(
  account: ReturnType<typeof privateKeyToAccount>,
  extensions = {},
): Promise<PaymentPayload> {
  // Safety: as above.
  const scheme = new Paying(toClientEvmSigner(account as never, anvil.publicClient as never))
  const client = new x402Client()
    .register(NETWORK, scheme)
    .setSpendControls({ allowedAssets: [{ network: NETWORK, asset: money }] })
  const resource = { url: 'http://127.0.0.1/chat', description: '', mimeType: 'text/event-stream' }
  return client.createPaymentPayload({ x402Version: 2, resource, accepts: [requirements()], extensions })
}

async function balanceIn(payload: PaymentPayload): Promise<bigint> {
  const { channelId } = payload.payload.voucher as { channelId: Hex } // Safety: x402's own payload.
  const call = { address: SETTLEMENT_ADDRESS, abi: settlementAbi, functionName: 'channels' } as const
  const [balance] = await anvil.publicClient.readContract({ ...call, args: [channelId] })
  return balance
}

const depositOf = ({ payload }: PaymentPayload) => BigInt((payload.deposit as { amount: string }).amount) // Safety: as above.

test('an allowance for Permit2 and a signature open a channel, and the signature does so once', async () => {
  const account = await newPayer()
  await anvil.testClient.setBalance({ address: account.address, value: 10n ** 18n })
  const approval = { address: money, abi: moneyAbi, functionName: 'approve' } as const
  const hash = await anvil
    .walletOf(account)
    .writeContract({ ...approval, args: [PERMIT2_ADDRESS, maxUint256] })
  await anvil.publicClient.waitForTransactionReceipt({ hash })
  const payload = await pay(account)
  const settled = await facilitator.settle(payload, requirements())
  assert.equal(settled.success, true, JSON.stringify(settled))
  assert.ok(depositOf(payload) > 0n)
  assert.equal(await balanceIn(payload), depositOf(payload))
  const again = await facilitator.settle(payload, requirements())
  assert.equal(again.success, false)
  assert.equal(await balanceIn(payload), depositOf(payload))
})

test('a payer with neither allowance nor gas opens one by two signatures', async () => {
  const account = await newPayer()
  const payload = await pay(account, { eip2612GasSponsoring: { info: { version: '1' }, schema: {} } })
  const settled = await facilitator.settle(payload, requirements())
  assert.equal(settled.success, true, JSON.stringify(settled))
  assert.equal(await balanceIn(payload), depositOf(payload))
  assert.equal(await anvil.publicClient.getBalance({ address: account.address }), 0n)
})

test('without either it is refused before anything is sent', async () => {
  const payload = await pay(await newPayer())
  const { isValid, invalidReason } = await facilitator.verify(payload, requirements())
  assert.equal(isValid, false)
  assert.match(invalidReason ?? '', /permit2_allowance_required/)
})
