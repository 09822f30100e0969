/** Who pays in tests: x402's client as npm brings it, one streamed turn at a time, and what came back. */
import type { KeyWorld } from '@grimoire/key-node/fixture'
import { requestHash, turnTypedData } from '@grimoire/schema/chat'
import { GRANT_HEADER } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { type TurnTail, turnTail } from '@grimoire/schema/receipt'
import { type TurnOpening, turnOpening } from '@grimoire/schema/turn-access'
import { x402Client, x402HTTPClient } from '@x402/core/client'
import type { PaymentPayload } from '@x402/core/types'
import { toClientEvmSigner } from '@x402/evm'
import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/client'
import type { PrivateKeyAccount } from 'viem'

export type Asked = {
  status: number
  text: string
  problem?: { code: string; got?: string }
  opening?: TurnOpening
  tail?: TurnTail
  comments: string[]
  lastEventId: string
  finishReason?: string | null
  pieces: number
  header: string
}

type AskOptions = {
  /** Sends this PAYMENT-SIGNATURE instead of making one. */
  header?: string
  signTurn?: (message: ReturnType<typeof turnTypedData>) => Promise<Hex>
  stopAfter?: number
  onPiece?: () => void
  /** The payment is made; the turn itself begins. */
  onPaid?: () => void
  headers?: Record<string, string>
}

/** The id of the grant that a payer gave a node for a model. */
type GrantOf = (url: string, model: string) => string | undefined

/** x402's client as npm brings it: a wallet signs deposits, a session key the vouchers. */
export class Payer {
  readonly http: x402HTTPClient
  readonly client: x402Client
  readonly scheme: BatchSettlementEvmScheme
  readonly session: PrivateKeyAccount
  readonly #keys: KeyWorld
  readonly #grantOf: GrantOf

  constructor(
    keys: KeyWorld,
    wallet: { address: Hex; signTypedData: PrivateKeyAccount['signTypedData'] },
    session: PrivateKeyAccount,
    grantOf: GrantOf = () => undefined,
  ) {
    this.#grantOf = grantOf
    this.#keys = keys
    this.session = session
    const network = `eip155:${keys.chainId}` as const
    // Safety: x402's types of a signer and a reader are looser than viem's; it passes them complete calls.
    const signer = toClientEvmSigner(wallet as never, keys.publicClient as never)
    this.scheme = new BatchSettlementEvmScheme(signer, { voucherSigner: session as never })
    this.client = new x402Client()
      .register(network, this.scheme)
      .setSpendControls({ allowedAssets: [{ network, asset: keys.addresses.money }] })
    this.http = new x402HTTPClient(this.client)
  }

  /** What a stock client sends with a paid request: the payment, and the id of its holder's grant. */
  headers(url: string, body: object, payment: string): Record<string, string> {
    return { 'payment-signature': payment, ...this.grantHeader(url, body) }
  }

  grantHeader(url: string, body: object): Record<string, string> {
    const grant = this.#grantOf(url, 'model' in body ? String(body.model) : '')
    return grant === undefined ? {} : { [GRANT_HEADER]: grant }
  }

  /** Takes the 402 for this body and makes the payment that it asks for. */
  async pay(url: string, body: unknown): Promise<{ header: string; payload: PaymentPayload }> {
    const response = await post(url, body, {})
    await response.text()
    const required = this.http.getPaymentRequiredResponse(name => response.headers.get(name))
    const payload = await this.http.createPaymentPayload(required)
    return { header: this.http.encodePaymentSignatureHeader(payload)['PAYMENT-SIGNATURE'] ?? '', payload }
  }

  /** One streamed turn, paid; the receipt is told to x402's client as the header that it expects. */
  async ask(url: string, body: Record<string, unknown>, options: AskOptions = {}): Promise<Asked> {
    const request = { stream: true, temperature: 0, ...body }
    const paid = options.header === undefined ? await this.pay(url, request) : undefined
    const header = options.header ?? paid?.header ?? ''
    options.onPaid?.()
    const headers = { ...this.headers(url, body, header), ...options.headers }
    if (options.signTurn && paid) {
      const { chainId, addresses } = this.#keys
      const { channelId } = paid.payload.payload.voucher as { channelId: Hex } // Safety: x402's own payload.
      const message = turnTypedData(
        { channelId, requestHash: requestHash(request) },
        chainId,
        addresses.works,
      )
      headers['grimoire-turn-signature'] = await options.signTurn(message)
    }
    const response = await post(url, request, headers)
    if (paid)
      await this.http.processPaymentResult(paid.payload, name => response.headers.get(name), response.status)
    const asked = await readAsked(response, options)
    if (paid && asked.tail) await this.settle(paid.payload, asked.tail.paymentResponse)
    return { ...asked, header }
  }

  /** Tells x402's client of a charge as the header that it expects. */
  async settle(payload: PaymentPayload, receipt: string): Promise<void> {
    const { channelConfig, voucher } = payload.payload
    const voucherPayload = { ...payload, payload: { type: 'voucher', channelConfig, voucher } }
    await this.http.processPaymentResult(
      voucherPayload,
      name => (name === 'PAYMENT-RESPONSE' ? receipt : null),
      200,
    )
  }
}

export const post = (url: string, body: unknown, headers: Record<string, string>) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** Reads a stream of a turn, as far as is wanted. */
export async function readAsked(
  response: Response,
  { stopAfter = Number.POSITIVE_INFINITY, onPiece }: Pick<AskOptions, 'stopAfter' | 'onPiece'> = {},
): Promise<Omit<Asked, 'header'>> {
  const asked: Omit<Asked, 'header'> = {
    status: response.status,
    text: '',
    pieces: 0,
    comments: [],
    lastEventId: '0',
  }
  if (!response.ok) return { ...asked, problem: JSON.parse(await response.text()) }
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let pending = ''
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) return asked
    const events = (pending + decoder.decode(value, { stream: true })).split('\n\n')
    pending = events.pop() ?? ''
    for (const event of events) {
      const [, data] = /^data: (.*)$/m.exec(event) ?? []
      asked.lastEventId = /^id: (.*)$/m.exec(event)?.[1] ?? asked.lastEventId
      if (data !== undefined) takeEvent(asked, data)
      else asked.comments.push(event)
    }
    if (asked.pieces > 0) onPiece?.()
    if (asked.pieces >= stopAfter) {
      await reader?.cancel()
      return asked
    }
  }
}

function takeEvent(asked: Omit<Asked, 'header'>, data: string): void {
  if (data === '[DONE]') return
  const chunk = JSON.parse(data)
  if (chunk.error) asked.problem = chunk
  const text = chunk.choices?.[0]?.delta?.content
  if (text) {
    asked.text += text
    asked.pieces++
  }
  if (chunk.choices?.[0]?.finish_reason) asked.finishReason = chunk.choices[0].finish_reason
  if (chunk.grimoire?.turnId) asked.opening = turnOpening.parse(chunk.grimoire)
  if (chunk.grimoire?.receipt) asked.tail = turnTail.parse(chunk.grimoire)
}
