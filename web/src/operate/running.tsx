/** The desk of an operator that is registered: how it stands, and everything that its owner can do about it. */
import type { Session } from '../wallet/session.ts'
import { Bond } from './bond.tsx'
import { CardOfMachine } from './card.tsx'
import { Health } from './health.tsx'
import { Leave, Leaving } from './leaving.tsx'
import { Announced } from './slash.tsx'
import { type Standing, State } from './state.tsx'
import { Works } from './works.tsx'

export function Running({ session, standing }: { session: Session; standing: Standing }) {
  const { record, slash } = standing
  const { freeAtSeconds } = record
  return (
    <>
      <State standing={standing} />
      {slash && <Announced session={session} standing={standing} slash={slash} />}
      {freeAtSeconds !== null && (
        <Leaving session={session} standing={standing} freeAtSeconds={freeAtSeconds} />
      )}
      <CardOfMachine session={session} standing={standing} />
      <Bond session={session} standing={standing} />
      <Health record={record} />
      <Works session={session} />
      <Leave session={session} standing={standing} />
    </>
  )
}
