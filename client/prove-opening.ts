/** Having a node prove that it opens one's work: a grant, a few paid questions, one signed proof, shown at the edge. */
import type { ChatMessage } from '@grimoire/schema/chat'
import { type OpeningSample, type SignedOpening, signedOpening } from '@grimoire/schema/opening'
import { openChat } from './chat.ts'
import { checkOpening } from './check-opening.ts'
import { askEdge } from './edge.ts'
import { grantNode } from './grant-node.ts'
import { type Market, modelOf } from './market.ts'
import { type NodeChoice, nodeOf } from './read-quote.ts'
import { requestJson } from './transport.ts'
import type { AskOptions } from './turn.ts'
import type { Wallet } from './wallet.ts'

/** A sample is a text that anyone can hold against its receipt: no functions are called. */
type SampleOptions = Omit<AskOptions, 'tools' | 'tool_choice' | 'parallel_tool_calls'>

export type ProveOpening = NodeChoice & {
  /** The creator's: no edition is needed. */
  wallet: Wallet
  /** One to three; they and their answers become public. */
  questions: { messages: readonly ChatMessage[]; options?: SampleOptions }[]
  /** As for any chat: the questions are paid turns. */
  maxDepositAtomic: bigint
  maxTurnAtomic: bigint
}

/** Asks, pays, has the node sign, checks it as a stranger would, and puts it on show. */
export async function proveOpening(market: Market, options: ProveOpening): Promise<SignedOpening> {
  const { workId, wallet, maxDepositAtomic, maxTurnAtomic } = options
  const { id: grantId, nodeUrl, version } = await grantNode(market, { ...options, lastsSeconds: 3_600 })
  const choice = { ...options, version, nodeUrl }
  const chat = await openChat(market, { ...choice, wallet, maxDepositAtomic, maxTurnAtomic })
  const samples: OpeningSample[] = []
  for (const { messages, options: ask } of options.questions) {
    const { request, text: output, receipt, receiptSignature: signature } = await chat.askOnce(messages, ask)
    samples.push({ request, output, receipt, signature })
  }
  await chat.close()
  const proof = await requestJson(nodeOf(market, nodeUrl), '/v1/openings', {
    method: 'POST',
    json: { model: modelOf(market, workId, version), grantId, samples },
    schema: signedOpening,
  })
  await checkOpening(market, proof)
  await showOpening(market, proof)
  return proof
}

/** Puts a proof on an edge. Anyone may, as often as they like: no chain holds it, so a new edge has to be told. */
export async function showOpening(market: Market, proof: SignedOpening): Promise<void> {
  const { workId } = proof.opening
  await askEdge(market, 'POST /v1/works/{workId}/openings', {
    path: { workId },
    body: proof,
    schema: signedOpening,
  })
}
