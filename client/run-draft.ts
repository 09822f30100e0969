/** Trying a card, and an adapter, on a node before it is minted: one wallet signature, free turns, nothing on the chain. */
import { type ChatMessage, outputHash, requestHash } from '@grimoire/schema/chat'
import {
  DRAFT_PIECE_MAX_BYTES,
  type DraftAnswer,
  type DraftContent,
  type DraftReceipt,
  draftAnswer,
  draftHash,
  draftReceiptTypedData,
  draftTail,
} from '@grimoire/schema/draft'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { type KnowledgeFile, knowledgeParts } from '@grimoire/schema/knowledge'
import { Problem } from '@grimoire/schema/problem'
import type { ToolCall } from '@grimoire/schema/tools'
import type { Kind } from '@grimoire/schema/work'
import { signDraftLeave } from '@grimoire/seal/draft-leave'
import { recoverTypedDataAddress } from 'viem'
import { type Answer, startAnswer } from './answer.ts'
import { sha256Hex } from './edge.ts'
import type { Market } from './market.ts'
import { readNodeHealth } from './node-health.ts'
import { readOperator } from './operator-read.ts'
import { readChunks, type Usage } from './read-answer.ts'
import { nodeOf } from './read-quote.ts'
import { type Endpoint, request, requestJson } from './transport.ts'
import type { AskOptions } from './turn.ts'
import { randomBytes32, signing, type Wallet } from './wallet.ts'

export type OpenDraft = {
  wallet: Wallet
  nodeUrl: string
  kind: Kind
  /** Character Card V3 as JSON, or a dotprompt: what would be sealed. */
  card: string
  adapter?: Uint8Array<ArrayBuffer>
  knowledge?: readonly KnowledgeFile[]
  /** Refused by a node that runs another base. */
  baseModelSha256?: string
  onUpload?: (progress: { sentBytes: number; sizeBytes: number }) => void
}

export type DraftTurn = {
  text: string
  calls: ToolCall[]
  finishReason: string | null
  /** Why the node cut the answer, when it did. */
  notice: Problem | null
  usage: Usage | null
  /** Proves to anyone that this node answered this: kept beside a sample. */
  receipt: DraftReceipt
  receiptSignature: Hex
  turnsLeftToday: number
}

export type OpenedDraft = {
  /** A base URL for any OpenAI client, with `token` as its API key. */
  readonly baseUrl: string
  readonly token: string
  /** What was sent, salt included: with it a creator can show later which card a receipt is about. */
  readonly content: DraftContent
  readonly draftHash: Hex
  readonly operator: Hex
  readonly baseModelSha256: string
  readonly turnsLeftToday: number
  ask(messages: readonly ChatMessage[], options?: AskOptions): Answer<DraftTurn>
  /** Has the node wipe it now; else it does when it was idle for some minutes. */
  close(): Promise<void>
}

type Context = {
  market: Market
  node: Endpoint
  opened: DraftAnswer
  /** Of what this side sent. */
  draftHash: Hex
  baseModelSha256: string
  wallet: Hex
  operator: Hex
  paymentKey: Hex
}

/** The node says who its operator is; the registry says by which key that operator signs. */
async function operatorOf(market: Market, nodeUrl: string) {
  const { operator, base } = await readNodeHealth(market, nodeUrl)
  const record = await readOperator(market, { operator })
  if (!record) throw new Problem('not_bonded', { got: operator, expected: 'a registered operator' })
  return { operator, paymentKey: record.paymentKey, baseModelSha256: base.sha256 }
}

const nameFile = async (bytes: Uint8Array<ArrayBuffer>) => ({
  sha256: await sha256Hex(bytes),
  sizeBytes: bytes.length,
})

const contentOf = async (
  { kind, card, adapter, baseModelSha256 }: OpenDraft,
  files: readonly Uint8Array<ArrayBuffer>[],
): Promise<DraftContent> => ({
  ...{ kind, card, salt: randomBytes32() },
  ...(adapter ? { adapter: await nameFile(adapter) } : {}),
  ...(files.length > 0 ? { knowledge: await Promise.all(files.map(nameFile)) } : {}),
  ...(baseModelSha256 === undefined ? {} : { baseModelSha256 }),
})

const auth = ({ token }: DraftAnswer) => ({ authorization: `Bearer ${token}` })

async function sendFiles(
  node: Endpoint,
  opened: DraftAnswer,
  files: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  for (const [index, body] of files.entries()) {
    const path = `/v1/drafts/${opened.id}/knowledge/${index}`
    await request(node, path, { method: 'PUT', headers: auth(opened), body })
  }
}

async function sendAdapter(node: Endpoint, opened: DraftAnswer, options: OpenDraft): Promise<void> {
  const { adapter, onUpload } = options
  if (!adapter) return
  let sentBytes = opened.receivedBytes
  while (sentBytes < adapter.length) {
    const body = adapter.slice(sentBytes, sentBytes + DRAFT_PIECE_MAX_BYTES)
    const path = `/v1/drafts/${opened.id}/adapter?offset=${sentBytes}`
    const sent = await request(node, path, { method: 'PUT', headers: auth(opened), body, retries: 0 })
    sentBytes = draftAnswer.parse(await sent.json()).receivedBytes
    onUpload?.({ sentBytes, sizeBytes: adapter.length })
  }
}

/** Signs the leave and hands the draft to the node. The card leaves this machine: choose a node that you would admit. */
export async function openDraft(market: Market, options: OpenDraft): Promise<OpenedDraft> {
  const { wallet } = options
  const node = nodeOf(market, options.nodeUrl)
  const { operator, paymentKey, baseModelSha256 } = await operatorOf(market, options.nodeUrl)
  const files = knowledgeParts(options.knowledge ?? []).map(({ bytes }) => bytes)
  const content = await contentOf(options, files)
  const hash = draftHash(content)
  const { address } = wallet.account
  const signMessage = ({ message }: { message: string }) =>
    signing(wallet.signMessage({ account: wallet.account, message }))
  const { chainId } = market.addresses
  const leave = await signDraftLeave({ address, signMessage }, { operator, chainId, draftHash: hash })
  const opened = await requestJson(node, '/v1/drafts', {
    method: 'POST',
    json: { content, leave },
    schema: draftAnswer,
  })
  await sendFiles(node, opened, files)
  await sendAdapter(node, opened, options)
  const signed = { draftHash: hash, baseModelSha256, wallet: address, operator, paymentKey }
  const context = { market, node, opened, ...signed }
  return {
    baseUrl: `${node.url}/v1/drafts/${opened.id}`,
    ...{ token: opened.token, content, draftHash: hash, operator, baseModelSha256 },
    turnsLeftToday: opened.turnsLeftToday,
    ask: (messages, ask = {}) =>
      startAnswer((controller, onText) => runTurn(context, { messages, ask, controller, onText })),
    close: async () => {
      await request(node, `/v1/drafts/${opened.id}`, { method: 'DELETE', headers: auth(opened) })
    },
  }
}

type DraftJob = {
  messages: readonly ChatMessage[]
  ask: AskOptions
  controller: AbortController
  onText: (text: string) => void
}

async function send({ node, opened }: Context, body: string, signal: AbortSignal) {
  const patient = { ...node, timeoutMs: Math.max(node.timeoutMs, 120_000) }
  const headers = { 'content-type': 'application/json', ...auth(opened) }
  const call = { method: 'POST', body, signal, headers } as const
  const response = await request(patient, `/v1/drafts/${opened.id}/chat/completions`, call)
  if (!response.body) throw new Problem('node_unreachable', { got: 'an answer without a body' })
  return response.body
}

async function runTurn(context: Context, job: DraftJob): Promise<DraftTurn> {
  const { market, node: _, opened, ...signed } = context
  const model = `draft:${opened.id}`
  const body = JSON.stringify({ model, messages: job.messages, stream: true, ...job.ask })
  let text = ''
  const calls: ToolCall[] = []
  for await (const event of readChunks(await send(context, body, job.controller.signal))) {
    if (event.type === 'text') {
      text += event.text
      job.onText(event.text)
    }
    if (event.type === 'call') calls.push(event.call)
    if (event.type !== 'end') continue
    const tail = draftTail.safeParse(event.tail)
    if (!tail.success) throw new Problem('receipt_invalid', { got: 'an answer that ends without a receipt' })
    const { draftReceipt: receipt, signature, turnsLeftToday } = tail.data
    const turn = { ...market.addresses, ...signed, text, calls, requestHash: requestHash(JSON.parse(body)) }
    await checkDraftReceipt({ receipt, signature }, turn)
    const { usage, finishReason, notice } = event
    return { text, calls, finishReason, notice, usage, receipt, receiptSignature: signature, turnsLeftToday }
  }
  throw new Problem('node_unreachable', { got: 'an answer that broke off' })
}

/** Against what this side sent and received, and the key that the registry names. */
async function checkDraftReceipt(
  { receipt, signature }: { receipt: DraftReceipt; signature: Hex },
  turn: {
    chainId: number
    works: Hex
    operator: Hex
    wallet: Hex
    draftHash: Hex
    baseModelSha256: string
    requestHash: Hex
    text: string
    calls: readonly ToolCall[]
    paymentKey: Hex
  },
): Promise<void> {
  const facts: [keyof DraftReceipt, string | number][] = [
    ['chainId', turn.chainId],
    ['works', turn.works],
    ['operator', turn.operator],
    ['wallet', turn.wallet],
    ['draftHash', turn.draftHash],
    ['baseModelSha256', turn.baseModelSha256],
    ['requestHash', turn.requestHash],
    ['outputHash', outputHash(turn.text, turn.calls)],
  ]
  for (const [field, expected] of facts) {
    if (String(receipt[field]).toLowerCase() === String(expected).toLowerCase()) continue
    throw new Problem('receipt_invalid', { param: field, got: receipt[field], expected, extra: { receipt } })
  }
  const signer = await recoverTypedDataAddress({ ...draftReceiptTypedData(receipt), signature }).catch(
    () => null,
  )
  if (signer && sameAddress(signer, turn.paymentKey)) return
  throw new Problem('receipt_invalid', { param: 'signature', got: signer, expected: turn.paymentKey })
}
