/** An address where nothing is, and a page that broke: both say so and lead back. */
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Notice, Refusal } from '../design/states.tsx'

const Back = () => (
  <Link to="/" className="button">
    To the market
  </Link>
)

export function Lost() {
  return (
    <Notice title="This leaf is not in the book">
      <p>Nothing stands at this address. It may have been cut short when it was copied.</p>
      <Back />
    </Notice>
  )
}

export function Stumbled({ error, reset }: ErrorComponentProps) {
  return (
    <div className="narrow py-16">
      <Refusal error={error}>
        <button type="button" className="button" onClick={reset}>
          Show the page again
        </button>
        <Back />
      </Refusal>
    </div>
  )
}
