/** The terms of a work in plain words: what one may do with an edition, and what the maker can no longer change. */
import type { Terms } from '@grimoire/schema/work'
import { type Pair, Pairs } from '../design/pairs.tsx'
import { count, money, percent } from '../words/plain.ts'

function disclosed({ disclosure, kind }: Terms): string {
  return disclosure === 'openable'
    ? `You may open a copy and read its text. That burns your tradable edition and leaves an opened copy, which still answers and can never be sold.`
    : `Nobody who buys it reads its text. Only machines that the maker admits open it, to answer you${kind === 'chatbot' ? '' : ' with it'}.`
}

const admitted = ({ admission }: Terms): string =>
  admission === 'listed'
    ? 'The maker lists the machines that may serve it. One that is removed stops after seven days; if none is left for 30 days, any bonded one may serve.'
    : 'Any machine whose operator has put down a bond may serve it, and so read it.'

export function TermsInWords({ terms, minted }: { terms: Terms; minted: number }) {
  const rest = terms.editionCap - minted
  const rows: Pair[] = [
    [
      'Editions',
      `${count(terms.editionCap)} in all, ${rest > 0 ? `${count(rest)} left` : 'all sold'}. There will never be more.`,
    ],
    [terms.disclosure === 'openable' ? 'Openable' : 'Sealed', disclosed(terms)],
    ['Who serves it', admitted(terms)],
    ['Every version', 'An edition is good for every version, past and to come.'],
    [
      'An answer costs',
      `At most ${money(terms.maxTurnFeeAtomic)} each, and ${money(terms.maxInputPerMillionBytesAtomic)} for a million bytes that you send, ${money(terms.maxOutputPerMillionBytesAtomic)} for a million that you get. Machines may ask less.`,
    ],
    [
      'When you sell it again',
      `${percent(terms.resaleRoyaltyBps)} of the price goes to its maker, taken by the ledger.`,
    ],
  ]
  return <Pairs look="ruled" pairs={rows} />
}
