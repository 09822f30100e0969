/** What a maker earns by these terms: of a sale, a resale and an answer, by the ledger's own arithmetic. */
import { chargeAtomic } from '@grimoire/schema/price'
import { useQuery } from '@tanstack/react-query'
import { Asked } from '../design/asked.tsx'
import { type Share, Shares } from '../design/shares.tsx'
import { count, money } from '../words/plain.ts'
import { MAKER, sharesOfAnswer, sharesOfFirstSale, sharesOfResale } from '../work/shares-of.ts'
import type { Draft } from './draft.ts'
import { marketFee } from './machines.ts'
import { termsOf } from './readiness.ts'

/** A question of a paragraph with what was said before, and an answer of some 170 words. */
export const EXAMPLE = { inputBytes: 2_000, outputBytes: 1_000 }

const mine = (shares: readonly Share[]): bigint => shares.find(({ who }) => who === MAKER)?.amountAtomic ?? 0n

export function Earn({ draft }: { draft: Draft }) {
  const fee = useQuery(marketFee)
  const terms = termsOf(draft)
  return (
    <section aria-label="You earn" className="border border-line bg-leaf p-5 lg:sticky lg:top-4">
      <h2 className="rubric mb-3">You earn</h2>
      {terms ? (
        <Asked question={fee} waiting="Asking the ledger for its fee" lines={4}>
          {feeBps => <Example terms={terms} feeBps={feeBps} />}
        </Asked>
      ) : (
        <p className="text-faded">As soon as every sum and share is a number that the ledger takes.</p>
      )}
    </section>
  )
}

function Example({ terms, feeBps }: { terms: NonNullable<ReturnType<typeof termsOf>>; feeBps: number }) {
  const priceAtomic = BigInt(terms.priceAtomic)
  const costAtomic = chargeAtomic(
    {
      turnFeeAtomic: terms.maxTurnFeeAtomic,
      inputPerMillionBytesAtomic: terms.maxInputPerMillionBytesAtomic,
      outputPerMillionBytesAtomic: terms.maxOutputPerMillionBytesAtomic,
    },
    EXAMPLE,
  )
  const sale = sharesOfFirstSale({ feeBps }, priceAtomic)
  const resale = sharesOfResale({ terms, feeBps }, priceAtomic)
  const answer = sharesOfAnswer({ terms, feeBps, parents: [] }, costAtomic)
  return (
    <div className="space-y-6">
      <p className="font-book text-xl" aria-live="polite">
        <strong>{money(mine(sale))}</strong> of a sale, <strong>{money(mine(resale))}</strong> of a resale at
        the same price, <strong>{money(mine(answer))}</strong> of an answer.
      </p>
      <Shares title={`A sale for ${money(priceAtomic)}`} shares={sale} />
      <Shares title={`An answer for ${money(costAtomic)}`} shares={answer} />
      <p className="whisper">
        The answer: 1,000 bytes after 2,000 bytes of question, at your ceilings.{' '}
        {terms.editionCap === 1 ? 'The one edition' : `All ${count(terms.editionCap)} editions`} sold:{' '}
        {money(mine(sale) * BigInt(terms.editionCap))}.
      </p>
    </div>
  )
}
