/** A way to one of the steps of a draft. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { StudioStep } from './steps.ts'

export function StepLink(props: {
  draftId: string
  step?: StudioStep
  current?: boolean
  className: string
  children: ReactNode
}) {
  const { draftId, step = 'write', current = false, className, children } = props
  return (
    <Link
      to="/studio/$draftId"
      params={{ draftId }}
      search={step === 'write' ? {} : { step }}
      aria-current={current ? 'step' : undefined}
      className={className}
    >
      {children}
    </Link>
  )
}
