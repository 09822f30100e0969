/** Lit's own client, mended through its seams so that it survives dead, hung and lying key nodes and tells no secret. */
// First: Lit's packages look for these globals as they load.
import './browser-globals.ts'
import type { AuthSig } from '@grimoire/schema/grant'
import { Problem } from '@grimoire/schema/problem'
import { LitAccessControlConditionResource } from '@lit-protocol/auth-helpers'
// The class that lit-node-client's own LitNodeClient extends. That one adds WalletConnect, and takes its configuration
// from the page's localStorage, where any script of the page could redirect it.
import { LitNodeClientNodeJs } from '@lit-protocol/lit-node-client-nodejs'
import { blsCombine, blsDecrypt, blsVerify } from '@lit-protocol/wasm'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils'
import { conditionHash, type GateCondition, identityOf } from './condition.ts'
import type { Keeper, Keepers } from './keepers.ts'
import { sendToNode } from './lit-wire.ts'
import { type Failure, failureOf, gatherShares, type ShareResult, tooFewNodes } from './shares.ts'
import { silenceLit, withoutWarnings } from './silence.ts'

const CURVE = 'Bls12381G2'
const SIGN_PATH = '/web/encryption/sign/'
const HANDSHAKE_GRACE_MS = 300

export type LitOptions = {
  keepers: () => Promise<Keepers>
  latestBlockHash: () => Promise<string>
  keyNetwork: string
  timeoutMs: number
}

type SignRequest = { evmContractConditions: GateCondition[]; dataToEncryptHash: string }
type ShareAnswer = { signatureShare: { ProofOfPossession: string } }

/** The members that we call or set; all are internals of 7.4.0, and `lit-client.test.ts` holds them to it. */
type Inside = {
  connectedNodes: Set<string>
  subnetPubKey: string | null
  latestBlockhash: string | null
  currentEpochNumber: number | null
  config: { bootstrapUrls: string[]; minNodeCount: number }
  _handshakeAndVerifyNodeAttestation(request: { url: string; requestId: string }): Promise<Handshake>
  _getNewRequestId(): string
}
type Handshake = { subnetPubKey: string; latestBlockhash: string }

/** Resolves after `ms`, or as soon as the client is closed; leaves neither timer nor listener. */
const delay = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })

/** The first call loads the module, and wasm-bindgen announces a deprecation of its own within it; that call fails. */
export const loadWasm = (): Promise<unknown> => withoutWarnings(() => blsCombine(CURVE, [])).catch(() => null)

export class HardenedLitClient {
  readonly #lit: LitNodeClientNodeJs
  readonly #inside: Inside
  readonly #options: LitOptions
  readonly #closed = new AbortController()
  #keepers: Keepers | null = null
  #failures: Failure[] = []

  constructor(options: LitOptions) {
    silenceLit()
    this.#options = options
    this.#lit = new LitNodeClientNodeJs({
      litNetwork: 'custom',
      debug: false,
      // Safety: only the presence of Staking is looked at, since the registry is read by `_getValidatorData` below.
      contractContext: { Staking: { address: options.keyNetwork } } as never,
    })
    // Safety: names and shapes as in 7.4.0, which is pinned and held by a test.
    this.#inside = this.#lit as unknown as Inside
    Object.assign(this.#lit, this.#registrySeams(), this.#wireSeams(), this.#walletSeams())
  }

  async connect(): Promise<void> {
    silenceLit()
    await this.#lit.connect()
  }

  get keepers(): Keepers {
    if (!this.#keepers) throw new Error('connect() first')
    return this.#keepers
  }

  async encrypt(
    condition: GateCondition[],
    secret: Uint8Array,
  ): Promise<{ ciphertext: string; dataToEncryptHash: string }> {
    // Safety: Lit's type wants its own union of chain names; `gateCondition` writes one of them.
    return await this.#lit.encrypt({ evmContractConditions: condition as never, dataToEncrypt: secret })
  }

  async decrypt(
    request: { condition: GateCondition[]; ciphertext: string; dataToEncryptHash: string; chain: string },
    access: { authSig: AuthSig } | { sessionSigs: Record<string, unknown> },
  ): Promise<Uint8Array> {
    silenceLit()
    const { condition, ...rest } = request
    const params = { ...rest, ...access, evmContractConditions: condition }
    // Safety: as above.
    const { decryptedData } = await this.#lit.decrypt(params as never)
    return decryptedData
  }

  /** Session signatures, one per reachable node, under a grant that the wallet has already signed. */
  async sessionSigs(
    resource: string,
    grant: AuthSig,
    key: { publicKey: string; secretKey: string },
    expiration: string,
  ): Promise<Record<string, unknown>> {
    silenceLit()
    return await this.#lit.getSessionSigs({
      sessionKey: key,
      expiration,
      resourceAbilityRequests: [
        {
          resource: new LitAccessControlConditionResource(resource),
          ability: 'access-control-condition-decryption',
        },
      ],
      authNeededCallback: async () => grant,
    })
  }

  close(): void {
    this.#closed.abort()
  }

  /** The registry comes from the chain through our own RPC: host names work, and there is no poller and no foreign host. */
  #registrySeams() {
    return {
      _getValidatorData: async () => {
        const keepers = await this.#options.keepers()
        this.#keepers = keepers
        const { number, startSeconds } = keepers.epoch
        return {
          stakingContract: { address: this.#options.keyNetwork },
          epochInfo: { number, endTime: startSeconds, epochLength: 0 },
          minNodeCount: keepers.threshold,
          bootstrapUrls: keepers.nodes.map(node => node.url),
        }
      },
      _listenForNewEpoch: () => {},
      _syncBlockhash: async () => {
        this.#inside.latestBlockhash = await this.#options.latestBlockHash()
      },
      _runHandshakeWithBootstrapUrls: () => this.#handshake(),
    }
  }

  async #handshake() {
    const { nodes, threshold, networkKey } = this.keepers
    const connectedNodes = new Set<string>()
    const serverKeys: Record<string, Handshake> = {}
    this.#failures = []
    const { promise: enough, resolve: reached } = Promise.withResolvers<void>()
    const greet = async (node: Keeper): Promise<void> => {
      try {
        const requestId = this.#inside._getNewRequestId()
        const keys = await this.#inside._handshakeAndVerifyNodeAttestation({ url: node.url, requestId })
        if (keys.subnetPubKey !== networkKey)
          throw new Problem('network_key_mismatch', { got: keys.subnetPubKey, expected: networkKey })
        serverKeys[node.url] = keys
        connectedNodes.add(node.url)
        if (connectedNodes.size >= threshold) reached()
      } catch (error) {
        this.#failures.push(failureOf(node.url, error))
      }
    }
    const all = Promise.all(nodes.map(greet))
    // A hung node must not hold up the others: once there are enough, late ones join when they answer.
    await Promise.race([
      all,
      enough.then(() => Promise.race([all, delay(HANDSHAKE_GRACE_MS, this.#closed.signal)])),
    ])
    if (connectedNodes.size < threshold)
      throw tooFewNodes(nodes.length, threshold, connectedNodes.size, this.#failures)
    const latestBlockhash = Object.values(serverKeys)[0]?.latestBlockhash
    return { connectedNodes, serverKeys, coreNodeConfig: { subnetPubKey: networkKey, latestBlockhash } }
  }

  #wireSeams() {
    return {
      sendCommandToNode: ({ url, data, requestId }: { url: string; data: object; requestId: string }) =>
        sendToNode(
          {
            url,
            body: { ...data, sessionSigs: undefined, epoch: this.#inside.currentEpochNumber },
            requestId,
          },
          { timeoutMs: this.#options.timeoutMs, signal: this.#closed.signal },
        ),
      generatePromise: async (url: string, body: SignRequest, requestId: string): Promise<ShareAnswer> => {
        const node = keeperAt(this.keepers.nodes, url)
        if (!node) throw new Problem('network_lying', { got: url, expected: 'a registered key node' })
        const answer = await sendToNode(
          { url, body, requestId },
          { timeoutMs: this.#options.timeoutMs, signal: this.#closed.signal },
        ).catch(error => Promise.reject(failureOf(node.url, error)))
        return verifiedShare(node, body, answer)
      },
      // A node that joined after the session signatures were made has none, and is left out.
      getNodePromises: (ask: (url: string) => Promise<ShareAnswer>) =>
        askAll(this.#inside.connectedNodes, ask),
      handleNodePromises: (pending: Promise<ShareAnswer>[], _id: string, wanted: number) =>
        gatherShares(pending, wanted),
      _throwNodeError: (result: Extract<ShareResult<ShareAnswer>, { success: false }>) => {
        throw result.error
      },
      _decryptWithSignatureShares: openWithShares,
      // Its check compiles code from text, which a strict page forbids. Conditions are made in one place and one form.
      validateAccessControlConditionsSchema: async () => true,
    }
  }

  /** Nothing of a session is kept or looked up in the page's storage, and no second signature is ever asked for. */
  #walletSeams() {
    return {
      getWalletSig: ({ authNeededCallback }: { authNeededCallback: () => Promise<AuthSig> }) =>
        authNeededCallback(),
      getSessionKey: () => {
        throw new Problem('grant_invalid', { detail: 'A session key has to be given.' })
      },
      _authCallbackAndUpdateStorageItem: () => {
        throw new Problem('grant_invalid', { detail: 'The grant is not for this session key and this work.' })
      },
    }
  }
}

/** The whole URL counts: one node's may be the beginning of another's. */
export const keeperAt = (nodes: Keeper[], signUrl: string): Keeper | null =>
  nodes.find(node => signUrl === node.url + SIGN_PATH) ?? null

function askAll<T>(urls: Iterable<string>, ask: (url: string) => Promise<T>): Promise<T>[] {
  return [...urls].flatMap(url => {
    try {
      return [ask(url)]
    } catch {
      return []
    }
  })
}

/** A share counts only when its index is the node's own and it verifies against the key that the chain pins for it. */
async function verifiedShare(node: Keeper, body: SignRequest, answer: unknown): Promise<ShareAnswer> {
  const lying = (detail: string): Failure => ({
    url: node.url,
    kind: 'lying',
    code: 'bad_share',
    message: detail,
  })
  // Safety: a value of any shape; what is read is checked in the next line.
  const proof = (answer as Partial<ShareAnswer> | null)?.signatureShare?.ProofOfPossession
  if (typeof proof !== 'string' || !/^[0-9a-f]{194}$/.test(proof)) throw lying('no share in the answer')
  const bytes = hexToBytes(proof)
  if (bytes[0] !== node.index) throw lying(`share ${bytes[0]} from node ${node.index}`)
  const identity = identityOf(`${conditionHash(body.evmContractConditions)}/${body.dataToEncryptHash}`)
  try {
    await blsVerify(CURVE, hexToBytes(node.verificationKey), utf8ToBytes(identity), bytes.subarray(1))
  } catch {
    throw lying('its share does not verify')
  }
  return { signatureShare: { ProofOfPossession: proof } }
}

/** The stock function prints the decryption key to the console; this one prints nothing. */
async function openWithShares(
  networkKey: string,
  identity: Uint8Array,
  ciphertext: string,
  answers: ShareAnswer[],
): Promise<Uint8Array> {
  const shares = answers.map(answer => hexToBytes(answer.signatureShare.ProofOfPossession))
  const key = await blsCombine(CURVE, shares).catch(cause => {
    throw new Problem('network_lying', { detail: 'The shares do not combine.', cause })
  })
  await blsVerify(CURVE, hexToBytes(networkKey), identity, key).catch(cause => {
    throw new Problem('network_lying', { detail: 'The shares do not make the key of this network.', cause })
  })
  try {
    const sealed = Uint8Array.from(atob(ciphertext), letter => letter.charCodeAt(0))
    return await blsDecrypt(CURVE, sealed, key)
  } catch (cause) {
    throw new Problem('seal_altered', { detail: 'Its ciphertext does not decrypt.', cause })
  }
}
