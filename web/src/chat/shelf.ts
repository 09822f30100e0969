/** What a chat page shows before it has asked a machine: the edge's words on the work, and what this device keeps of it. */
import { queryOptions } from '@tanstack/react-query'
import { ledgerName } from '../chain/ledger-name.ts'
import { openVault, type Vault, within } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { toldWork } from '../work/queries.ts'
import type { Conversation } from './conversation.ts'
import { conversationsOf } from './history.ts'
import { everyUnderWay, type UnderWay } from './under-way.ts'

export type Shelf = {
  session: Session
  workId: string
  vault: Vault
  /** The edge's word, until the chain has confirmed another; empty when the edge knows nothing of the work. */
  title: string
  summary: string
}

export type Kept = {
  shelf: Shelf
  before: Conversation[]
  /** Of the answers that are on their way the one that was asked for last. */
  underWay: UnderWay | null
}

export const chatShelf = (session: Session, workId: string) =>
  queryOptions({
    queryKey: ['chat', 'kept', session.address, workId],
    staleTime: Number.POSITIVE_INFINITY,
    // Read anew by whoever comes back: the room that stands in between knows more than what was read first.
    gcTime: 0,
    refetchOnWindowFocus: false,
    queryFn: async ({ client }): Promise<Kept> => {
      const [told, vault, name] = await Promise.all([
        // What the edge does not say, the chain will.
        client.fetchQuery(toldWork(workId)).catch(() => null),
        openVault(),
        ledgerName(),
      ])
      const shelf: Shelf = {
        ...{ session, workId, vault: within(vault, `${name}:`) },
        ...{ title: told?.title ?? '', summary: told?.summary ?? '' },
      }
      const [before, records] = await Promise.all([conversationsOf(shelf), everyUnderWay(shelf)])
      const underWay = records.find(one => before.some(({ id }) => id === one.conversationId)) ?? null
      return { shelf, before, underWay }
    },
  })
