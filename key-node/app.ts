/** The key node's HTTP surface: Lit's two paths and a health page. */

import { asProblem, isProblem, Problem } from '@grimoire/schema/problem'
import { identityOf } from '@grimoire/seal/condition'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono, type Next } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { readCondition } from './condition.ts'
import type { KeyNodeConfig } from './config.ts'
import type { Gatekeeper } from './gate.ts'
import { RateLimiter } from './limits.ts'
import type { Log } from './log.ts'
import { identifyAsker } from './session.ts'
import { type KeyShare, pickShare } from './share.ts'
import {
  HANDSHAKE_PATH,
  handshakeRequest,
  Refusal,
  refusalBody,
  SDK_VERSION,
  SIGN_PATH,
  signRequest,
} from './wire.ts'

const MAX_BODY_BYTES = 65_536
const CORS_MAX_AGE_SECONDS = 600

export type Keeping = { config: KeyNodeConfig; gate: Gatekeeper; shares: KeyShare[]; log: Log }

async function currentShare({ gate, shares }: Keeping): Promise<KeyShare> {
  const epoch = await gate.epoch()
  const share = pickShare(shares, null, epoch)
  if (!share) throw new Problem('share_invalid', { detail: `The node holds no share of epoch ${epoch}.` })
  return share
}

async function readBody<T>(context: Context, shape: z.ZodType<T>): Promise<T> {
  const body: unknown = await context.req.json().catch(() => null)
  const checked = shape.safeParse(body)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  throw new Refusal(
    'NodeParserError',
    'request_invalid',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  )
}

async function handshake(context: Context, keeping: Keeping): Promise<object> {
  await readBody(context, handshakeRequest)
  const { networkKey, verificationKey } = (await currentShare(keeping)).about
  return {
    serverPublicKey: verificationKey,
    subnetPublicKey: networkKey,
    networkPublicKey: networkKey,
    networkPublicKeySet: networkKey,
    clientSdkVersion: SDK_VERSION,
    hdRootPubkeys: [],
    attestation: null,
    latestBlockhash: await keeping.gate.handshakeBlockHash(),
  }
}

/** Cheap checks first, signatures next, then the chain, and the share's arithmetic only for whom the Gate lets in. */
async function sign(
  context: Context,
  { config, gate, shares }: Keeping,
): Promise<{ answer: object; workId: string }> {
  const request = await readBody(context, signRequest)
  const asked = readCondition(request, config.chain)
  const epoch = await gate.epoch()
  const share = pickShare(shares, request.epoch, epoch)
  if (!share)
    throw new Refusal(
      'NodeWrongEpoch',
      'request_invalid',
      `This node serves no share of epoch ${request.epoch ?? epoch}; the chain's is ${epoch}.`,
    )
  const asker = await identifyAsker(request, asked, config)
  await gate.check(asker, asked.workId)
  const proof = share.sign(identityOf(asked.resource))
  const answer = {
    result: 'success',
    signatureShare: { ProofOfPossession: proof },
    shareIndex: share.about.index - 1,
  }
  return { answer, workId: asked.workId }
}

async function health(context: Context, keeping: Keeping): Promise<Response> {
  const { config, gate } = keeping
  const { index, total, threshold, networkKey, epoch } = (await currentShare(keeping)).about
  const blockNumber = String(await gate.blockNumber())
  const { chainId } = config.chain
  return context.json({ status: 'ok', chainId, blockNumber, index, total, threshold, epoch, networkKey })
}

const correlationId = (context: Context): string | null => {
  const given = context.req.header('x-request-id') ?? ''
  return /^lit_[0-9a-f]{1,32}$/.test(given) ? given : null
}

const asRefusal = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error
  const problem = asProblem(error)
  return new Refusal(
    isProblem(error, 'rate_limited') ? 'rate_limit_exceeded' : 'NodeSystemFault',
    problem.code,
    problem.details.detail ?? '',
  )
}

/** Any origin may ask: what an answer is worth is decided by who signed, not by which page asks. */
const anyOrigin = () =>
  cors({
    origin: '*',
    allowMethods: ['GET', 'POST', 'OPTIONS'],
    allowHeaders: ['content-type', 'x-lit-sdk-version', 'x-lit-sdk-type', 'x-request-id'],
    maxAge: CORS_MAX_AGE_SECONDS,
  })

const smallBody = () =>
  bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new Refusal('NodeParserError', 'body_too_large', `Expected at most ${MAX_BODY_BYTES} bytes.`)
    },
  })

const callerOf = (context: Context): string => getConnInfo(context).remote.address ?? ''

/** A slot is for our own work: nobody holds one by sending slowly, since the body is here before it is taken. */
async function readWhole(context: Context, next: Next): Promise<void> {
  await context.req.text().catch(() => {
    throw new Refusal('NodeParserError', 'request_invalid', 'The body ended early.')
  })
  await next()
}

function refuse(context: Context, error: unknown, log: Log): Response {
  const refusal = asRefusal(error)
  const { status, problem } = refusal
  log({ event: status >= 500 ? 'failed' : 'refused', status, code: problem })
  // Safety: every status in the tables is one that carries a body.
  return context.json(refusalBody(refusal, correlationId(context)), status as ContentfulStatusCode)
}

export function keyNodeApp(keeping: Keeping): Hono {
  const { config, log } = keeping
  const limiter = new RateLimiter(config.limits)
  const app = new Hono()
  app.use(anyOrigin())
  app.use((context, next) => {
    limiter.take(callerOf(context))
    return next()
  })
  app.use('/web/*', smallBody(), readWhole, (context, next) => limiter.run(callerOf(context), next))
  app.onError((error, context) => refuse(context, error, log))
  app.notFound(context => refuse(context, new Refusal('NodeNotFound', 'not_found', ''), log))
  app.get('/health', context => health(context, keeping))
  app.post(HANDSHAKE_PATH, async context => context.json(await handshake(context, keeping)))
  app.post(SIGN_PATH, async context => {
    const startedMs = performance.now()
    const { answer, workId } = await sign(context, keeping)
    log({ event: 'sign', status: 200, workId, tookMs: Math.round(performance.now() - startedMs) })
    return context.json(answer)
  })
  return app
}
