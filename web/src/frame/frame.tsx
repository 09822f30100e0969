/** What stands around every page: the name, the ways, who is here, and how far the edge has read the chain. */
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useAsking } from '../wallet/asking.ts'
import { WalletButton } from '../wallet/wallet-button.tsx'
import { Foot } from './foot.tsx'

const WalletDialog = lazy(() =>
  import('../wallet/wallet-dialog.tsx').then(({ WalletDialog }) => ({ default: WalletDialog })),
)

function Mark() {
  return (
    <svg
      viewBox="0 0 28 28"
      className="size-7"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
    >
      <circle cx="14" cy="14" r="12.4" />
      <path d="M14.0 1.6L19.4 25.2L4.3 6.3L26.1 16.8L1.9 16.8L23.7 6.3L8.6 25.2Z" strokeWidth="1.1" />
      <circle cx="14" cy="14" r="2.2" fill="currentColor" />
    </svg>
  )
}

const WAYS = [
  { to: '/', label: 'Market', wide: false },
  { to: '/library', label: 'Library', wide: false },
  { to: '/studio', label: 'Studio', wide: false },
  { to: '/earnings', label: 'Earnings', wide: false },
  /** For the few who run machines: on a phone the foot leads there. */
  { to: '/operate', label: 'Operate', wide: true },
  { to: '/status', label: 'Status', wide: false },
] as const

function Top() {
  return (
    <header className="width flex flex-wrap items-center gap-x-3 gap-y-1 py-4 md:gap-x-6">
      <Link to="/" className="flex min-h-11 items-center gap-2.5 text-rubric no-underline">
        <Mark />
        <span className="font-book text-2xl font-semibold text-ink">Grimoire</span>
      </Link>
      <nav
        aria-label="Pages"
        className="order-3 flex w-full flex-wrap gap-x-4 sm:gap-x-6 md:order-2 md:w-auto md:gap-x-5"
      >
        {WAYS.map(({ to, label, wide }) => (
          <Link
            key={to}
            to={to}
            className={`${wide ? 'hidden sm:flex' : 'flex'} min-h-11 items-center border-b-2 border-transparent whitespace-nowrap no-underline hover:text-rubric`}
            activeProps={{ className: 'border-b-rubric! font-bold' }}
            activeOptions={{ exact: to === '/', includeSearch: false }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className="order-2 ml-auto md:order-3">
        <WalletButton />
      </div>
    </header>
  )
}

/** After a page has changed, a reader by ear or keyboard stands at its beginning and not where the link was. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: state => state.location.pathname })
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true })
    before.current = path
  }, [path])
  return main
}

export function Frame() {
  const main = useFocusOnArrival()
  const asking = useAsking()
  return (
    <div className="flex min-h-dvh flex-col">
      <a className="skip button" href="#main">
        Skip to the page
      </a>
      <Top />
      <main id="main" ref={main} tabIndex={-1} className="grow outline-none">
        <Outlet />
      </main>
      <Foot />
      {asking && (
        <Suspense fallback={null}>
          <WalletDialog />
        </Suspense>
      )}
    </div>
  )
}
