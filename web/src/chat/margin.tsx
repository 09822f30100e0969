/** The note in the margin of an answer: what it cost, and the receipt, worked out again in this page when one asks. */
import { recheckReceipt } from '@grimoire/client/check-receipt'
import { useState } from 'react'
import { Refusal } from '../design/states.tsx'
import { count, moment, money, short } from '../words/plain.ts'
import type { KeptAnswer, Proof } from './conversation.ts'
import type { Place } from './room.ts'

type Verdict = { stage: 'asked' } | { stage: 'right' } | { stage: 'wrong'; error: unknown }

async function recheck({ market, session, workId }: Place, text: string, proof: Proof): Promise<Verdict> {
  const { agreed } = proof
  try {
    await recheckReceipt(market, {
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

function Receipt({ answer, proof, place }: { answer: KeptAnswer; proof: Proof; place: Place }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const { receipt } = proof
  const verify = async () => {
    setVerdict({ stage: 'asked' })
    setVerdict(await recheck(place, answer.text, proof))
  }
  const rows: [string, string][] = [
    ['Charged', `${money(receipt.chargedAtomic)}; this channel in all ${money(receipt.cumulativeAtomic)}`],
    [
      'You sent',
      `${count(receipt.inputBytes)} bytes, ${count(receipt.inputTokens)} tokens with the hidden text`,
    ],
    ['You got', `${count(receipt.outputBytes)} bytes, ${count(receipt.outputTokens)} tokens`],
    ['Version', String(receipt.version)],
    ['Model', short(receipt.baseModelSha256)],
    ['Your words', short(receipt.requestHash)],
    ['Its words', short(receipt.outputHash)],
    ['Signed for', `${short(receipt.operator)}, ${moment(receipt.servedAtSeconds)}`],
  ]
  return (
    <div className="mt-2 w-full border-l-2 border-line pl-4">
      <dl className="grid grid-cols-[7rem_1fr] gap-x-4">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-faded">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
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
          '✓ Right. This page has hashed both texts and counted their bytes again, worked out the charge from the agreed prices, and found the operator’s own signature under it.'}
        {verdict?.stage === 'wrong' && <Refusal error={verdict.error} />}
      </div>
    </div>
  )
}

export function Margin({ answer, place }: { answer: KeptAnswer; place: Place }) {
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
      <Receipt answer={answer} proof={proof} place={place} />
    </details>
  )
}
