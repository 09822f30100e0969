/** What it costs to let a warm turn in: who may ask, and whether the voucher is good; and how often the chain is asked for it. */
import { join } from 'node:path'
import { Grants } from '@grimoire/inference-node/admission/grants'
import { Ledger } from '@grimoire/inference-node/admission/ledger'
import { Watch } from '@grimoire/inference-node/admission/watch'
import { readTurn } from '@grimoire/inference-node/api/turn'
import { checkConfig, nodeConfig } from '@grimoire/inference-node/config'
import { CARD, NodeWorld } from '@grimoire/inference-node/fixture'
import { logNothing } from '@grimoire/inference-node/log'
import { openState } from '@grimoire/inference-node/state'
import { gasPayer } from '@grimoire/inference-node/till/gas-payer'
import { openTill } from '@grimoire/inference-node/till/open-till'
import type { Hex } from '@grimoire/schema/hex'
import { parseModelId } from '@grimoire/schema/model-id'
import { median, type Row, row } from './row.ts'

const TURNS = 400
const WARM_UP = 50

const p99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN

type Node = Awaited<ReturnType<typeof assemble>>

/** A node without its engine and its HTTP: what stands between a request and the engine. */
async function assemble(world: NodeWorld) {
  const config = checkConfig(nodeConfig, world.config('bench'))
  const { addresses, operator, rpcUrl } = config
  const ledger = new Ledger({ rpcUrl, addresses, operator, sessionKey: world.keys.operatorKey.publicKey })
  const state = openState(join(world.keys.folder, 'bench'))
  const payer = gasPayer(ledger, config.paymentKey)
  const { till } = await openTill(config, { ledger, payer, state, log: logNothing })
  const grants = new Grants(state, ledger)
  const watch = new Watch(
    ledger,
    {
      onHoldersChanged: async () => (await grants.standing()).isSure,
      onWithdrawal: () => {},
      onWithdrawn: () => {},
    },
    logNothing,
  )
  watch.start()
  return { ledger, state, till, grants, watch }
}

/** One turn from its request to a voucher that is good; then it is charged, so that the next one can be asked for. */
async function letIn(
  { ledger, till, grants }: Node,
  { url, body, holder, header }: { url: string; body: object; holder: Hex; header?: string },
) {
  const headers = header === undefined ? {} : { 'payment-signature': header }
  const request = new Request(url, { method: 'POST', headers })
  const started = performance.now()
  const turn = await readTurn(ledger, body)
  if (header !== undefined) await grants.require(grants.find(holder, turn))
  const verified = await till.verify(request, turn.terms)
  return { ms: performance.now() - started, verified }
}

export async function benchAdmission(): Promise<Row[]> {
  const world = await NodeWorld.start()
  const node = await assemble(world)
  try {
    return await measure(world, node)
  } finally {
    await node.watch.stop()
    node.state.close()
    await world.stop()
  }
}

async function measure(world: NodeWorld, node: Node): Promise<Row[]> {
  const work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  const { accounts } = world.keys
  await node.grants.give(await world.signGrant('holder', work), parseModelId(work.model))
  const payer = world.payer('holder')
  const body = { model: work.model, messages: [{ role: 'user', content: 'Hello there' }], max_tokens: 8 }
  const asked = { url: 'http://127.0.0.1/v1/chat/completions', body, holder: accounts.holder.address }
  const took: number[] = []
  for (let turn = -WARM_UP; turn < TURNS; turn++) {
    const { verified: unpaid } = await letIn(node, asked)
    if (!(unpaid instanceof Response)) throw new Error('a turn without a payment was let in')
    const required = payer.http.getPaymentRequiredResponse(name => unpaid.headers.get(name))
    const payload = await payer.http.createPaymentPayload(required)
    const header = payer.http.encodePaymentSignatureHeader(payload)['PAYMENT-SIGNATURE'] ?? ''
    const { ms, verified } = await letIn(node, { ...asked, header })
    if (verified instanceof Response) throw new Error(`refused: ${await verified.text()}`)
    const paid = await verified.confirm()
    if (paid instanceof Response) throw new Error(`refused: ${await paid.text()}`)
    await payer.http.processPaymentResult(payload, name => paid.headers[name] ?? null, 200)
    await payer.settle(payload, (await paid.settle(1n)).paymentResponse)
    if (turn >= 0) took.push(ms)
  }
  return [
    row('a warm turn let in, median', 'ms', median(took)),
    row('a warm turn let in, p99', 'ms', p99(took), { goal: ['≤ 5', ms => ms <= 5] }),
  ]
}
