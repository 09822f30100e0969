/** The paths under `/v1`, in groups: what the node offers, grants and proofs, chats, drafts. */

import { CANARY_PATH } from '@grimoire/schema/canary'
import { DRAFT_PIECE_MAX_BYTES } from '@grimoire/schema/draft'
import { grantRequest } from '@grimoire/schema/grant'
import { KNOWLEDGE_PART_MAX_BYTES } from '@grimoire/schema/knowledge'
import { parseModelId } from '@grimoire/schema/model-id'
import { OPENING_MAX_BYTES } from '@grimoire/schema/opening'
import { parseOr } from '@grimoire/schema/parse'
import { Problem } from '@grimoire/schema/problem'
import type { Context, Hono } from 'hono'
import type { NodeParts } from '../parts.ts'
import { jsonOf, limited } from './body.ts'
import { chat, probe } from './chat.ts'
import { draftChat, findDraft, openDraft, putFile, putPiece, readDraft } from './drafts.ts'
import { modelList, modelNamed } from './models.ts'
import { proveOpening } from './openings.ts'
import { quoteFor } from './quotes.ts'
import { readTurnAgain, stopTurn } from './turn-access.ts'

const CHAT_MAX_BYTES = 1024 * 1024
const GRANT_MAX_BYTES = 32 * 1024
/** A card as JSON text inside of JSON. */
const DRAFT_MAX_BYTES = 1024 * 1024

export function addRoutes(app: Hono, parts: NodeParts): void {
  addOffer(app, parts)
  addGrants(app, parts)
  addChats(app, parts)
  addDrafts(app, parts)
}

function addOffer(app: Hono, parts: NodeParts): void {
  app.get('/v1/models', async c => c.json(await modelList(parts)))
  app.get('/v1/models/:model', async c => c.json(await modelNamed(parts, c.req.param('model'))))
  app.get('/v1/quotes', async c => c.json(await quoteFor(parts, c.req.query('model') ?? '')))
  app.get(CANARY_PATH, c => {
    parts.readiness.requireOpen()
    return parts.canary.answer(c.req.query('from'), c.req.raw.signal)
  })
}

function addGrants(app: Hono, parts: NodeParts): void {
  app.post('/v1/grants', limited(GRANT_MAX_BYTES), c => {
    return giveGrant(parts, c)
  })
  app.delete('/v1/grants/:id', async c => {
    parts.grants.end(c.req.param('id'))
    await parts.sweep()
    return c.body(null, 204)
  })
  app.post('/v1/openings', limited(OPENING_MAX_BYTES), async c => {
    return c.json(await proveOpening(parts, await jsonOf(c)))
  })
}

async function giveGrant(parts: NodeParts, c: Context): Promise<Response> {
  const { authSig, model } = parseOr(grantRequest, await jsonOf(c), {
    code: 'grant_invalid',
    what: 'a grant',
  })
  const answer = await parts.grants.give(authSig, parseModelId(model))
  parts.log({ event: 'grant_given', workId: answer.workId, version: answer.version, holder: answer.holder })
  return c.json(answer, 201)
}

function addChats(app: Hono, parts: NodeParts): void {
  app.get('/v1/chat/completions', c => probe(parts, c.req.raw))
  app.post('/v1/chat/completions', limited(CHAT_MAX_BYTES), async c => {
    return chat(parts, c.req.raw, await jsonOf(c))
  })
  app.post('/v1/embeddings', () => {
    throw new Problem('embeddings_unoffered')
  })
  app.get('/v1/turns/:id', c => readTurnAgain(parts, c.req.raw, c.req.param('id')))
  app.delete('/v1/turns/:id', c => stopTurn(parts, c.req.raw, c.req.param('id')))
}

function addDrafts(app: Hono, parts: NodeParts): void {
  app.post('/v1/drafts', limited(DRAFT_MAX_BYTES), async c => {
    return c.json(await openDraft(parts, await jsonOf(c)), 201)
  })
  app.get('/v1/drafts/:id', c => c.json(readDraft(parts, c.req.raw, c.req.param('id'))))
  app.put('/v1/drafts/:id/adapter', limited(DRAFT_PIECE_MAX_BYTES), async c =>
    c.json(await putPiece(parts, c.req.raw, c.req.param('id'))),
  )
  app.put('/v1/drafts/:id/knowledge/:index', limited(KNOWLEDGE_PART_MAX_BYTES), async c => {
    const { id, index } = c.req.param()
    return c.json(await putFile(parts, c.req.raw, { id, index: Number(index) }))
  })
  app.post('/v1/drafts/:id/chat/completions', limited(CHAT_MAX_BYTES), async c => {
    parts.readiness.requireOpen()
    return draftChat(parts, c.req.raw, { id: c.req.param('id'), body: await jsonOf(c) })
  })
  app.delete('/v1/drafts/:id', c => {
    parts.drafts.end(findDraft(parts, c.req.raw, c.req.param('id')))
    return c.body(null, 204)
  })
}
