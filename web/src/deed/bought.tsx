/** The end of a purchase: what one has now, what it was paid with, and the ways on. */
import { Link } from '@tanstack/react-router'
import { money, plain } from '../words/plain.ts'

export type Receipt = { costAtomic: bigint; hash: string; blockNumber: bigint }

export function ReceiptLine({ costAtomic, hash, blockNumber }: Receipt) {
  return (
    <p className="whisper">
      {money(costAtomic)} paid, in block {String(blockNumber)}, by transaction{' '}
      <code className="break-all">{hash}</code>
    </p>
  )
}

export function Bought(props: {
  workId: string
  title: string
  kind: 'chatbot' | 'prompt'
  isOpenable: boolean
  receipt: Receipt
  everywhere?: () => void
  close: () => void
}) {
  const { workId, title, kind, isOpenable, receipt, everywhere, close } = props
  return (
    <div className="space-y-5">
      <p>
        <strong>{plain(title)}</strong> is yours.{' '}
        {isOpenable ? 'Use it here, or open a copy in your library to read its text.' : 'It answers you now.'}
      </p>
      <ReceiptLine {...receipt} />
      <div className="flex flex-wrap gap-3">
        <Link to="/chat/$workId" params={{ workId }} className="button chief">
          {kind === 'chatbot' ? 'Chat with it' : 'Use it'}
        </Link>
        <Link to="/library" className="button">
          To your library
        </Link>
        {everywhere && (
          <button type="button" className="button" onClick={everywhere}>
            Use it everywhere
          </button>
        )}
        <button type="button" className="button quiet" onClick={close}>
          Stay here
        </button>
      </div>
    </div>
  )
}
