/** A turn outlives its connection: how it is named, and how the key of its channel signs to read or to stop it. */
import { z } from 'zod'
import type { Hex } from './hex.ts'

/** On every answer: the turn's id. */
export const TURN_HEADER = 'grimoire-turn'
/** On `GET` and `DELETE /v1/turns/{id}`: the channel key's signature over the id and what is asked for. */
export const TURN_ACCESS_HEADER = 'grimoire-turn-access'

export const turnId = z.string().regex(/^turn-[0-9a-f]{32}$/)

/** The first chunk of a stream carries this under `grimoire`. */
export const turnOpening = z.object({
  turnId,
  /** How long the turn waits for its reader to come back. */
  resumeSeconds: z.number().min(0),
  /** Only where the request was not signed by the channel's key: whoever shows it as a bearer may read and stop. */
  turnToken: z.string().optional(),
})
export type TurnOpening = z.infer<typeof turnOpening>

export type TurnAction = 'read' | 'stop'

export const TURN_ACCESS_TYPES = {
  TurnAccess: [
    { name: 'turnId', type: 'string' },
    { name: 'action', type: 'string' },
  ],
} as const

export const turnAccessTypedData = (
  access: { turnId: string; action: TurnAction },
  chainId: number,
  works: Hex,
) =>
  ({
    domain: { name: 'Grimoire Turn', version: '1', chainId, verifyingContract: works },
    types: TURN_ACCESS_TYPES,
    primaryType: 'TurnAccess',
    message: access,
  }) as const
