/** The foot: how far the edge has read the chain, what to believe, and how the page should look. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../edge/ask.ts'
import { readHealth } from '../edge/read-plainly.ts'
import { count } from '../words/plain.ts'
import { applyLook, chosenLook, LOOKS, type Look } from './look.ts'

const NAMES: Record<Look, string> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
}

function Health() {
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask('/v1/health', { read: readHealth, signal }),
    refetchInterval: 20_000,
  })
  if (health.isPending) return <>Asking how far the edge has read…</>
  if (health.isError) return <>The edge that this page asks does not answer.</>
  const { status, lagBlocks, indexedBlock, reason } = health.data
  if (status === 'ok')
    return (
      <>
        The edge has read the chain to block {count(indexedBlock)}
        {lagBlocks ? `, ${count(lagBlocks)} behind` : ''}.
      </>
    )
  return (
    <>
      The edge is behind the chain, at block {count(indexedBlock)}. {reason}
    </>
  )
}

function LookChoice() {
  const [look, setLook] = useState(chosenLook)
  const choose = (next: Look) => {
    applyLook(next)
    setLook(next)
  }
  return (
    <label className="flex items-center gap-2">
      Look
      <select
        className="field w-auto!"
        value={look}
        onChange={event => {
          const next = LOOKS.find(one => one === event.target.value)
          if (next) choose(next)
        }}
      >
        {LOOKS.map(one => (
          <option key={one} value={one}>
            {NAMES[one]}
          </option>
        ))}
      </select>
    </label>
  )
}

export function Foot() {
  return (
    <footer className="width mt-20 flex flex-wrap items-center justify-between gap-x-10 gap-y-4 border-t border-line py-7 text-faded">
      <div className="max-w-xl">
        <p>
          <Health />
        </p>
        <p>It holds ciphertext only. Whatever you pay for is checked on the chain first, by this page.</p>
        <p>
          <Link to="/trust" className="text-rubric">
            What is promised, and what is not
          </Link>{' '}
          ·{' '}
          <Link to="/economy" className="text-rubric">
            Who takes what
          </Link>{' '}
          ·{' '}
          <Link to="/operate" className="text-rubric">
            Operate a machine
          </Link>
        </p>
      </div>
      <LookChoice />
    </footer>
  )
}
