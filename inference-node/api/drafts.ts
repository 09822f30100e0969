/** Drafts over HTTP: opened by a wallet's signature, filled in pieces, then spoken to like every other model. */
import { type DraftAnswer, draftHash, draftRequest } from '@grimoire/schema/draft'
import { parseOr } from '@grimoire/schema/parse'
import { Problem } from '@grimoire/schema/problem'
import { readDraftLeave } from '@grimoire/seal/draft-leave'
import { bearerOf } from '../bearer.ts'
import { answerDraft } from '../drafts/answer.ts'
import { DRAFT_IDLE_SECONDS, type Draft } from '../drafts/drafts.ts'
import type { NodeParts } from '../parts.ts'
import { composed } from './composed.ts'
import { streamFree, wholeFree } from './free-answer.ts'
import type { Piece } from './pieces.ts'
import { samplingOf } from './sampling.ts'
import { readRequest } from './turn.ts'
import { nameAnswer } from './wire.ts'

const answerOf = ({ drafts, base }: NodeParts, draft: Draft): DraftAnswer => ({
  id: draft.id,
  token: draft.token,
  draftHash: draft.hash,
  baseModelSha256: base.sha256,
  receivedBytes: draft.adapter?.received ?? 0,
  turnsLeftToday: drafts.allowance.left(draft.wallet),
  idleSeconds: DRAFT_IDLE_SECONDS,
})

export async function openDraft(parts: NodeParts, body: unknown): Promise<DraftAnswer> {
  const { content, leave } = parseOr(draftRequest, body, { what: 'a draft' })
  const { ledger, operator, base, drafts } = parts
  drafts.requireOn()
  if (content.baseModelSha256 !== undefined && content.baseModelSha256 !== base.sha256) {
    throw new Problem('base_mismatch', { got: content.baseModelSha256, expected: base.sha256 })
  }
  const { client, options } = ledger
  const expected = { operator, chainId: options.addresses.chainId, draftHash: draftHash(content), client }
  const wallet = await readDraftLeave(leave, expected)
  return answerOf(parts, drafts.open(wallet, content))
}

export const findDraft = ({ drafts }: NodeParts, request: Request, id: string): Draft =>
  drafts.find(id, bearerOf(request.headers.get('authorization')))

export const readDraft = (parts: NodeParts, request: Request, id: string): DraftAnswer =>
  answerOf(parts, findDraft(parts, request, id))

export async function putPiece(parts: NodeParts, request: Request, id: string): Promise<DraftAnswer> {
  const draft = findDraft(parts, request, id)
  const offset = Number(new URL(request.url).searchParams.get('offset') ?? '0')
  await parts.drafts.receive(draft, offset, new Uint8Array(await request.arrayBuffer()))
  return answerOf(parts, draft)
}

export async function putFile(
  parts: NodeParts,
  request: Request,
  { id, index }: { id: string; index: number },
): Promise<DraftAnswer> {
  const draft = findDraft(parts, request, id)
  await draft.files.receive(index, new Uint8Array(await request.arrayBuffer()))
  return answerOf(parts, draft)
}

export async function draftChat(
  parts: NodeParts,
  request: Request,
  { id, body }: { id: string; body: unknown },
): Promise<Response> {
  const { drafts, engine } = parts
  const draft = findDraft(parts, request, id)
  drafts.allowance.requireLeft(draft.wallet)
  const chat = readRequest(body)
  engine.requireAble(samplingOf(chat, {}))
  draft.files.requireWhole()
  const { behaviour } = draft
  const told = await composed(engine, { behaviour, knowledge: await draft.files.knowledge }, chat)
  const leave = await drafts.enter(draft)
  let giveBack = () => {}
  try {
    giveBack = drafts.allowance.take(draft.wallet)
  } catch (error) {
    await leave()
    throw error
  }
  const gone = new AbortController()
  request.signal.addEventListener('abort', () => gone.abort())
  const turn = { draft, body, told, gone: gone.signal }
  const run = async (deliver: (piece: Piece) => void) => {
    try {
      return await answerDraft(parts, turn, deliver)
    } catch (error) {
      giveBack()
      throw error
    } finally {
      await leave()
    }
  }
  const name = nameAnswer(`draft:${draft.id}`)
  if (!chat.stream) return wholeFree(run, name)
  return streamFree(run, {
    ...{ name, gone },
    includeUsage: chat.stream_options?.include_usage ?? false,
  })
}
