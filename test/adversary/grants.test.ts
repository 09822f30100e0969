/** Grants that no node and no key node may take: each is offered to both, and none of them leaves a trace. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { Chat } from '@grimoire/client/chat'
import { modelOf } from '@grimoire/client/market'
import { revokeGrants } from '@grimoire/client/revoke-grants'
import { people } from '@grimoire/devnet/accounts'
import type { AuthSig } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { makeSessionKey, sessionKeyFrom } from '@grimoire/seal/grant'
import type { SessionKey } from '@grimoire/seal/network'
import type { SiweFields } from '@grimoire/seal/siwe'
import { codeOf, type Stage, said, setStage, until } from './stage.ts'
import { askKeyNode, forgeGrant, nowSeconds, sessionSig } from './wire.ts'

const DAY_SECONDS = 86_400

let stage: Stage
let nodeKey: SessionKey
let blockHash: Hex

before(async () => {
  stage = await setStage()
  nodeKey = sessionKeyFrom(stage.devnet.config.sessionKey as Hex) // Safety: the devnet's own configuration.
  blockHash = (await stage.market.publicClient.getBlock()).hash
})
after(() => stage?.stop())

type Changes = Partial<SiweFields> & { operator?: Hex; sessionKey?: Hex }

const forge = ({ operator, sessionKey, ...changes }: Changes = {}): Promise<AuthSig> =>
  forgeGrant({
    ...{ signer: people.cleo, manifest: stage.chatbot.manifest, blockHash, changes },
    operator: operator ?? people.olga.address,
    sessionKey: sessionKey ?? nodeKey.publicKey,
  })

async function give(authSig: AuthSig): Promise<string> {
  const { devnet, market, chatbot } = stage
  const model = modelOf(market, chatbot.workId, 1)
  const answer = await fetch(`${devnet.nodeUrl}/v1/grants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, authSig }),
  })
  const { status, code } = await said(answer)
  return `${status} ${code}`
}

/** What each of the three key nodes says to the node's own session under this grant; they have to agree. */
async function unlock(authSig: AuthSig): Promise<string> {
  const { manifest } = stage.chatbot
  const answers = await Promise.all(
    stage.devnet.keyNodes.map(async ({ url }) => {
      const { status, code, share } = await askKeyNode(
        url,
        manifest,
        sessionSig(authSig, manifest, nodeKey, url),
      )
      assert.equal(share !== null, status === 200)
      return `${status} ${code}`
    }),
  )
  assert.equal(new Set(answers).size, 1, answers.join())
  return answers[0] ?? ''
}

/** What the node wrote down. */
function kept(): number {
  const state = new DatabaseSync(join(stage.folder, 'node', 'node.sqlite'), { readOnly: true })
  const row = state.prepare('SELECT count(*) AS grants FROM grant_given').get()
  state.close()
  return Number(row?.grants)
}

type Refused = { what: string; grant: () => Promise<AuthSig>; node: string; keyNodes: string }

const refused: Refused[] = [
  {
    what: 'for * (every work that its holder has)',
    grant: () => forge({ resource: '*' }),
    node: '403 grant_wildcard',
    keyNodes: '401 grant_wildcard',
  },
  {
    what: 'that has expired',
    grant: () => forge({ issuedAtSeconds: nowSeconds() - 60, expiresAtSeconds: nowSeconds() - 1 }),
    node: '401 grant_expired',
    keyNodes: '403 grant_expired',
  },
  {
    what: 'that lives longer than 30 days',
    grant: () => forge({ expiresAtSeconds: nowSeconds() + 31 * DAY_SECONDS }),
    node: '403 grant_too_long',
    keyNodes: '403 grant_too_long',
  },
  {
    what: 'for another operator’s session key',
    grant: () => forge({ sessionKey: makeSessionKey().publicKey }),
    node: '403 grant_other_node',
    keyNodes: '400 grant_other_node',
  },
  {
    what: 'that names another operator beside this node’s key',
    grant: () => forge({ operator: people.dan.address }),
    node: '403 grant_other_node',
    keyNodes: '401 grant_operator_unknown',
  },
  {
    what: 'whose text was altered after it was signed',
    grant: async () => {
      const good = await forge()
      return { ...good, signedMessage: good.signedMessage.replace('version 1', 'version 2') }
    },
    node: '400 grant_invalid',
    keyNodes: '401 grant_invalid',
  },
  {
    what: 'whose wallet was shown other words than those of a grant',
    grant: () => forge({ statement: 'Claim your free airdrop.' }),
    node: '400 grant_invalid',
    keyNodes: '401 grant_missing',
  },
  {
    what: 'with one more sentence in its statement',
    grant: async () => {
      const { signedMessage } = await forge()
      const statement = `${/Let operator [^\n]*?Z\./.exec(signedMessage)?.[0]} And everything else.`
      const expiresAt = /until (\S+Z)\./.exec(signedMessage)?.[1] ?? ''
      return forge({ statement, expiresAtSeconds: Math.floor(Date.parse(expiresAt) / 1000) })
    },
    node: '400 grant_invalid',
    keyNodes: '401 grant_invalid',
  },
  {
    what: 'that was signed for a domain of someone’s own',
    grant: () => forge({ domain: 'edge.example' }),
    node: '400 grant_invalid',
    keyNodes: '401 grant_invalid',
  },
]

test('a grant as the client writes it is taken by the node and by all key nodes', async () => {
  const good = await forge()
  assert.equal(await give(good), '201 served')
  assert.equal(await unlock(good), '200 opened')
  assert.equal(kept(), 1)
})

for (const { what, grant, node, keyNodes } of refused) {
  test(`a grant ${what} is refused by the node and by every key node, and is not kept`, async () => {
    const before = kept()
    const bad = await grant()
    assert.deepEqual([await give(bad), await unlock(bad), kept()], [node, keyNodes, before])
  })
}

test('a grant that ends while its work is warm ends the answers, and the node forgets it', async () => {
  const { workId } = stage.prompt
  const lasting = await stage.grant(people.cleo, stage.chatbot.workId)
  const chat = await stage.chat(people.cleo, workId)
  const expiresAtSeconds = nowSeconds() + 6
  const manifest = stage.prompt.manifest
  const brief = await forgeGrant({
    ...{ signer: people.cleo, manifest, blockHash, operator: people.olga.address },
    ...{ sessionKey: nodeKey.publicKey, changes: { expiresAtSeconds } },
  })
  const given = await fetch(`${stage.devnet.nodeUrl}/v1/grants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: modelOf(stage.market, workId, 1), authSig: brief }),
  })
  assert.equal(given.status, 201, await given.text())
  assert.equal(await codeOf(stage.ask(chat, 'honey')), 'served')
  const { chargedAtomic } = await chat.state()
  await until('the grant is over', () => nowSeconds() >= expiresAtSeconds)
  assert.ok(['grant_expired', 'grant_missing'].includes(await codeOf(stage.ask(chat, 'honey'))))
  assert.equal((await chat.state()).chargedAtomic, chargedAtomic)
  await until('forgotten', async () => (await stage.openWorks()) <= 1, 20_000)
  assert.ok(lasting.expiresAtSeconds > expiresAtSeconds)
})

/** A block of the devnet, and two seconds. */
const SEEN_WITHIN_MS = 3_000

test('a revoked grant is refused by key nodes and ends a warm conversation; one signed afterwards opens again', async () => {
  const { market, devnet, chatbot } = stage
  const wallet = devnet.walletOf(people.cleo)
  const old = await forge({ issuedAtSeconds: nowSeconds() - 5 })
  assert.equal(await give(old), '201 served')
  const chat: Chat = await stage.chat(people.cleo, chatbot.workId)
  assert.equal(await codeOf(stage.ask(chat)), 'served')
  const { chargedAtomic, walletSignatures } = await chat.state()
  await revokeGrants(market, { wallet })
  assert.equal(await unlock(old), '403 grant_revoked')
  assert.equal(await give(old), '401 grant_revoked')
  // The node follows the chain: until it has seen the revocation it may still answer.
  const revokedAtMs = Date.now()
  let charged = chargedAtomic
  while ((await codeOf(stage.ask(chat))) === 'served') {
    assert.ok(Date.now() - revokedAtMs < SEEN_WITHIN_MS, 'a revoked grant is still answered')
    charged = (await chat.state()).chargedAtomic
  }
  assert.equal(await codeOf(stage.ask(chat)), 'grant_revoked')
  assert.equal((await chat.state()).chargedAtomic, charged)
  await new Promise(resolve => setTimeout(resolve, 1_100))
  await stage.grant(people.cleo, chatbot.workId)
  assert.equal(await codeOf(stage.ask(chat)), 'served')
  assert.equal((await chat.state()).walletSignatures, walletSignatures)
})
