/** Lit's wire protocol, as far as a key node speaks it: the shapes of requests, answers and refusals. */
import { authSig } from '@grimoire/schema/grant'
import { sha256Name } from '@grimoire/schema/hex'
import { type ProblemCode, problems } from '@grimoire/schema/problem'
import { z } from 'zod'

export const HANDSHAKE_PATH = '/web/handshake/'
export const SIGN_PATH = '/web/encryption/sign/'
export const SDK_VERSION = '7.4.0'

const param = z.object({ name: z.string().max(80), type: z.string().max(80) })

/** Unknown fields are dropped and keys put in Lit's order, so that what is hashed here is what the client hashed. */
const condition = z
  .object({
    contractAddress: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
    functionName: z.string().max(80),
    functionParams: z.array(z.string().max(80)).max(8),
    functionAbi: z
      .object({
        name: z.string().max(80),
        inputs: z.array(param).max(8),
        outputs: z.array(param).max(8),
        constant: z.boolean().default(false),
        stateMutability: z.string().max(16),
      })
      .transform(({ name, inputs, outputs, constant, stateMutability }) => ({
        name,
        inputs: inputs.map(({ name, type }) => ({ name, type })),
        outputs: outputs.map(({ name, type }) => ({ name, type })),
        constant,
        stateMutability,
      })),
    chain: z.string().max(40),
    returnValueTest: z
      .object({ key: z.string().max(80), comparator: z.string().max(8), value: z.string().max(80) })
      .transform(({ key, comparator, value }) => ({ key, comparator, value })),
  })
  .transform(({ contractAddress, functionName, functionParams, functionAbi, chain, returnValueTest }) => ({
    contractAddress,
    functionName,
    functionParams,
    functionAbi,
    chain,
    returnValueTest,
  }))

const sessionSig = z.object({
  sig: z.string().regex(/^[0-9a-f]{128}$/),
  derivedVia: z.literal('litSessionSignViaNacl'),
  signedMessage: z.string().max(32_768),
  address: z.string().regex(/^[0-9a-f]{64}$/),
  algo: z.literal('ed25519'),
})
export type SessionSig = z.infer<typeof sessionSig>

export const signRequest = z.object({
  evmContractConditions: z.array(condition).length(1),
  accessControlConditions: z.undefined().optional(),
  solRpcConditions: z.undefined().optional(),
  unifiedAccessControlConditions: z.undefined().optional(),
  dataToEncryptHash: sha256Name,
  chain: z.string().max(40),
  authSig: z.discriminatedUnion('derivedVia', [authSig, sessionSig]),
  epoch: z.number().int().min(0).nullish(),
})
export type SignRequest = z.infer<typeof signRequest>

export const handshakeRequest = z.object({ challenge: z.string().max(256) })

/** A node's no. `litCode` is what Lit's client reads, `problem` the row of our own error table. */
export class Refusal extends Error {
  readonly litCode: string
  readonly problem: ProblemCode
  readonly status: number

  constructor(litCode: string, problem: ProblemCode, detail: string) {
    super(detail)
    this.litCode = litCode
    this.problem = problem
    this.status = STATUS[litCode] ?? problems[problem].status
  }
}

/** Lit's own statuses for its own codes; for all others the error table decides. */
const STATUS: Record<string, number> = {
  NodeAccessControlConditionsReturnedNotAuthorized: 401,
  NodeNotAuthorized: 403,
  NodeInvalidAuthSig: 401,
  NodeSIWECapabilityInvalid: 401,
  NodeInvalidEthereumAuthSig: 400,
  NodeInvalidED25519AuthSig: 400,
  NodeInvalidAuthSigSessionKeySignature: 400,
  NodeExpWrongOrTooLarge: 403,
  NodeIatOutsideGracePeriod: 403,
  NodeResourceIdNotFound: 404,
  NodeIncorrectAccessControlConditions: 403,
  NodeWrongNetwork: 400,
  NodeRpcError: 502,
}

export const refusalBody = (refusal: Refusal, correlationId: string | null) => ({
  errorKind: refusal.status >= 500 ? 'Unexpected' : 'Validation',
  errorCode: refusal.litCode,
  status: refusal.status,
  message: `${problems[refusal.problem].title} ${refusal.message}`.trim(),
  correlationId,
  details: [],
  code: refusal.problem,
})
