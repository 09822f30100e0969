/** The note in the margin of an answer: what it cost, and the receipt, worked out again in this page when one asks. */
import { useState } from 'react'
import { type Pair, Pairs } from '../design/pairs.tsx'
import { Refusal } from '../design/states.tsx'
import { count, moment, money, short } from '../words/plain.ts'
import type { KeptAnswer } from './conversation.ts'
import type { Proof } from './proof.ts'
import type { Shelf } from './shelf.ts'

type Verdict = { stage: 'asked' } | { stage: 'right' } | { stage: 'wrong'; error: unknown }

async function recheck({ session, workId }: Shelf, text: string, shown: Proof): Promise<Verdict> {
  try {
    const [{ recheckReceipt }, { openMarket }, { proof: whole }] = await Promise.all([
      import('@grimoire/client/check-receipt'),
      import('../chain/open-market.ts'),
      import('./proof.ts'),
    ])
    const proof = whole.parse(shown)
    const { agreed } = proof
    await recheckReceipt(await openMarket(), {
      holder: session.address,
      workId,
      kept: {
        ...proof,
        output: text,
        agreed: {
          ...agreed,
          beforeAtomic: BigInt(agreed.beforeAtomic),
          maxChargeAtomic: BigInt(agreed.maxChargeAtomic),
        },
      },
    })
    return { stage: 'right' }
  } catch (error) {
    return { stage: 'wrong', error }
  }
}

function Receipt({ answer, proof, shelf }: { answer: KeptAnswer; proof: Proof; shelf: Shelf }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const { receipt } = proof
  const verify = async () => {
    setVerdict({ stage: 'asked' })
    setVerdict(await recheck(shelf, answer.text, proof))
  }
  const rows: Pair[] = [
    ['Charged', `${money(receipt.chargedAtomic)}; this channel in all ${money(receipt.cumulativeAtomic)}`],
    [
      'You sent',
      `${count(receipt.inputBytes)} bytes, ${count(receipt.inputTokens)} tokens with the hidden text`,
    ],
    ['You got', `${count(receipt.outputBytes)} bytes, ${count(receipt.outputTokens)} tokens`],
    [
      'Divided',
      `creator ${money(receipt.split.creatorAtomic)}, operator ${money(receipt.split.operatorAtomic)}, market ${money(receipt.split.protocolAtomic)}${
        receipt.split.parentsAtomic === '0' ? '' : `, parents ${money(receipt.split.parentsAtomic)}`
      }`,
    ],
    ['Engine', receipt.engineBuild],
    ['Number', `${count(receipt.sequence)} of this channel`],
    ['Version', String(receipt.version)],
    ['Model', short(receipt.baseModelSha256)],
    ['Your words', short(receipt.requestHash)],
    ['Its words', short(receipt.outputHash)],
    ['Signed for', `${short(receipt.operator)}, ${moment(receipt.servedAtSeconds)}`],
  ]
  return (
    <div className="mt-2 w-full border-l-2 border-line pl-4">
      <Pairs look="small" pairs={rows} />
      <button
        type="button"
        className="button my-3"
        disabled={verdict?.stage === 'asked'}
        onClick={() => void verify()}
      >
        Verify it here
      </button>
      <div role="status">
        {verdict?.stage === 'asked' && 'Working it out…'}
        {verdict?.stage === 'right' &&
          '✓ Right. This page has hashed both texts and counted their bytes again, worked out the charge and its shares from the agreed terms, and found the operator’s own signature under it.'}
        {verdict?.stage === 'wrong' && <Refusal error={verdict.error} />}
      </div>
    </div>
  )
}

export function Margin({ answer, shelf }: { answer: KeptAnswer; shelf: Shelf }) {
  const { proof, tokensPerSecond, firstTokenMs } = answer
  if (!proof)
    return <span className="whisper">What was delivered is charged with the next answer, by its bytes.</span>
  const speed = [
    ...(tokensPerSecond ? [`${Math.round(tokensPerSecond)} tokens/s`] : []),
    ...(firstTokenMs ? [`first after ${Math.round(firstTokenMs)} ms`] : []),
  ].join(', ')
  return (
    <details className="whisper open:w-full">
      <summary className="min-h-11 content-center">
        {money(proof.receipt.chargedAtomic)} · {count(proof.receipt.outputTokens)} tokens
        {speed && ` · ${speed}`} · <span className="underline">receipt</span>
      </summary>
      <Receipt answer={answer} proof={proof} shelf={shelf} />
    </details>
  )
}
