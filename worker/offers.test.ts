/** Offers: the edge takes what the ledger would take now, shows what still stands, the best first, and says why it refuses. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { installSettlement } from '@grimoire/contracts/deploy'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { offerRow, offersPage } from '@grimoire/schema/catalogue'
import { authorizationTypedData } from '@grimoire/schema/money'
import {
  type Offer,
  offerCostAtomic,
  offerToChain,
  offerTypedData,
  offerValidity,
  type SignedOffer,
} from '@grimoire/schema/offer'
import { hashTypedData } from 'viem'
import { indexNow, json, ledgerOf, type Person, people, post, startWorld, type World } from './fixture.ts'
import { buyEditions, chainSeconds, fund, publishWork } from './seed.ts'

const { holder, stranger } = people
const MONEY = { name: 'Test Dollar', version: '1' }
let world: World
let workId = ''
let call: ReturnType<typeof ledgerOf>
let nonce = 0

before(async () => {
  world = await startWorld()
  call = ledgerOf(world)
  await installSettlement({ ...world, walletClient: world.walletOf(people.deployer) })
  workId = (await publishWork(world, { salt: 'wanted', title: 'Wanted' })).workId
  await buyEditions(world, holder, workId, 3)
  await fund(world, stranger)
  await indexNow(world.edge)
})
after(() => world.stop())

const draft = async (change: Partial<Offer> = {}): Promise<Offer> => ({
  buyer: stranger.address,
  workId,
  quantity: 1,
  priceAtomic: '4000000',
  nonce: String(nonce++),
  counter: '0',
  expiresAtSeconds: (await chainSeconds(world)) + 3_600,
  ...change,
})

async function sign(signer: Person, offer: Offer, payment: SignedOffer['payment']): Promise<SignedOffer> {
  const { chainId, works, money } = world.addresses
  const typed = offerTypedData(offer, chainId, works)
  if (payment === 'allowance') return { offer, payment, signature: await signer.signTypedData(typed) }
  const domain = { ...MONEY, chainId, verifyingContract: money }
  const value = offerCostAtomic(offer)
  const message = {
    from: offer.buyer,
    to: works,
    value,
    nonce: hashTypedData(typed),
    ...offerValidity(offer),
  }
  const signature = await signer.signTypedData(authorizationTypedData(domain, message))
  return { offer, payment, signature }
}

const send = async (signed: unknown) => json(world.edge, '/v1/offers', post(signed))
const shown = async (query = `workId=${workId}`) =>
  offersPage.parse((await json(world.edge, `/v1/offers?${query}`)).body).offers

async function make(
  change: Partial<Offer> = {},
  payment: SignedOffer['payment'] = 'authorization',
  signer: Person = stranger,
) {
  const signed = await sign(signer, await draft(change), payment)
  return { signed, ...(await send(signed)) }
}

async function refused(change: Partial<Offer>, code: string, payment: SignedOffer['payment'] = 'allowance') {
  const { status, body } = await make(change, payment)
  assert.deepEqual([body.code, status], [code, body.status], JSON.stringify(body))
}

describe('posting', () => {
  for (const payment of ['authorization', 'allowance'] as const) {
    test(`an offer by ${payment} is shown with the ledger’s digest, once, however often it is posted`, async () => {
      const { status, body, signed } = await make({}, payment)
      assert.equal(status, 200, JSON.stringify(body))
      const digest = await world.publicClient.readContract({
        address: world.addresses.works,
        abi: worksAbi,
        functionName: 'offerDigest',
        args: [offerToChain(signed.offer)],
      })
      assert.equal(offerRow.parse(body).digest, digest)
      assert.equal((await send(signed)).status, 200)
      assert.equal((await shown()).filter(offer => offer.digest === digest).length, 1)
    })

    test(`an offer by ${payment} that another signed, or that was changed or re-labelled, is refused`, async () => {
      const offer = await draft()
      const signed = await sign(stranger, offer, payment)
      for (const attempt of [
        await sign(holder, offer, payment),
        { ...signed, offer: { ...offer, priceAtomic: '4000001' } },
        { ...signed, offer: { ...offer, expiresAtSeconds: offer.expiresAtSeconds + 1 } },
        { ...signed, payment: payment === 'allowance' ? 'authorization' : 'allowance' },
        { ...signed, signature: '0x' },
      ]) {
        const { status, body } = await send(attempt)
        assert.deepEqual([status, body.code], [403, 'order_signature_invalid'], JSON.stringify(body))
      }
    })
  }

  test('one that ends too early or too late, of another counter, or for no work is refused', async () => {
    const now = await chainSeconds(world)
    await refused({ expiresAtSeconds: now - 1 }, 'order_expired')
    await refused({ expiresAtSeconds: now + 30 * 86_400 + 60 }, 'order_expired')
    await refused({ counter: '1' }, 'order_cancelled')
    await refused({ workId: '42' }, 'work_unknown')
  })

  test('one that its buyer cannot pay is refused: in whole by authorization, for one edition by allowance', async () => {
    const rich = 10n ** 12n
    await refused({ priceAtomic: String(rich + 1n) }, 'funds_missing')
    await refused({ priceAtomic: String(rich), quantity: 2 }, 'funds_missing', 'authorization')
    const { status } = await make({ priceAtomic: String(rich), quantity: 2 }, 'allowance')
    assert.equal(status, 200)
  })

  test('unknown fields and numbers beyond what is kept exactly are refused by name', async () => {
    const big = await make({ priceAtomic: '9007199254740992' })
    assert.deepEqual([big.body.code, big.body.error.param], ['request_invalid', 'offer.priceAtomic'])
    const { signed } = await make()
    const extra = await send({ ...signed, offer: { ...signed.offer, admin: true } })
    assert.deepEqual([extra.status, extra.body.code], [400, 'request_invalid'])
  })
})

describe('standing', () => {
  test('the dearest comes first', async () => {
    await make({ priceAtomic: '3000000' })
    await make({ priceAtomic: '5000000' })
    const prices = (await shown()).map(({ offer }) => Number(offer.priceAtomic))
    assert.deepEqual(
      prices,
      prices.toSorted((a, b) => b - a),
    )
  })

  test('one that is accepted in part shows what is left, and is gone when nothing is', async () => {
    const { signed } = await make({ quantity: 2 }, 'allowance')
    const left = async () =>
      (await shown()).find(({ offer }) => offer.nonce === signed.offer.nonce)?.leftQuantity
    assert.equal(await left(), 2)
    const accept = () =>
      call(holder, 'works', 'acceptOffer', [offerToChain(signed.offer), signed.signature, 1n, 0n])
    await accept()
    await indexNow(world.edge)
    assert.equal(await left(), 1)
    await accept()
    await indexNow(world.edge)
    assert.equal(await left(), undefined)
    assert.equal((await send(signed)).body.code, 'order_cancelled')
  })

  test('one whose payment its buyer withdrew from the money is not taken', async () => {
    const signed = await sign(stranger, await draft(), 'authorization')
    const { chainId, works, money } = world.addresses
    const authorization = hashTypedData(offerTypedData(signed.offer, chainId, works))
    const withdrawal = await stranger.signTypedData({
      domain: { ...MONEY, chainId, verifyingContract: money },
      types: {
        CancelAuthorization: [
          { name: 'authorizer', type: 'address' },
          { name: 'nonce', type: 'bytes32' },
        ],
      },
      primaryType: 'CancelAuthorization',
      message: { authorizer: stranger.address, nonce: authorization },
    })
    await call(holder, 'money', 'cancelAuthorization', [stranger.address, authorization, withdrawal])
    assert.equal((await send(signed)).body.code, 'order_cancelled')
  })

  test('one whose buyer has spent the money, or taken back the allowance, is gone within the block, and back with it', async () => {
    const whole = await make({ priceAtomic: '6000000' })
    const parts = await make({ priceAtomic: '6000001' }, 'allowance')
    assert.deepEqual([whole.status, parts.status], [200, 200])
    const nonces = async () => {
      await indexNow(world.edge)
      const among = [whole, parts].map(({ signed }) => signed.offer.nonce)
      return (await shown()).map(({ offer }) => offer.nonce).filter(one => among.includes(one))
    }
    const both = [parts.signed.offer.nonce, whole.signed.offer.nonce]
    assert.deepEqual(await nonces(), both)
    await call(stranger, 'money', 'approve', [world.addresses.works, 6_000_000n])
    assert.deepEqual(await nonces(), [whole.signed.offer.nonce])
    const balance = await world.publicClient.readContract({
      ...{ address: world.addresses.money, abi: moneyAbi, functionName: 'balanceOf' as const },
      args: [stranger.address],
    })
    await call(stranger, 'money', 'transfer', [holder.address, balance - 5_999_999n])
    assert.deepEqual(await nonces(), [])
    await call(holder, 'money', 'transfer', [stranger.address, balance - 5_999_999n])
    await call(stranger, 'money', 'approve', [world.addresses.works, 2n ** 255n])
    assert.deepEqual(await nonces(), both)
  })

  test('what is cancelled is gone: one, then all', async () => {
    const { signed } = await make()
    const nonces = async () => (await shown(`buyer=${stranger.address}`)).map(({ offer }) => offer.nonce)
    assert.ok((await nonces()).includes(signed.offer.nonce))
    await call(stranger, 'works', 'cancel', [[BigInt(signed.offer.nonce)]])
    await indexNow(world.edge)
    const left = await nonces()
    assert.ok(left.length > 0 && !left.includes(signed.offer.nonce))
    await call(stranger, 'works', 'cancelAll', [])
    await indexNow(world.edge)
    assert.deepEqual(await nonces(), [])
  })
})
