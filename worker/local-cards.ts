/** The card drawer on this machine: a workerd of its own, which starts with the first card that somebody asks for. */
import { oncePerRun } from '@grimoire/contracts/once'
import type { Miniflare, Request, Response } from 'miniflare'
import { bundleCards } from './bundle.ts'
import { launch } from './workerd.ts'

export type CardDrawer = { draw: (request: Request) => Promise<Response>; stop: () => Promise<void> }

/** Built once for all the edges of a process. */
let cards: ReturnType<typeof bundleCards> | null = null

async function start(): Promise<Miniflare> {
  cards ??= oncePerRun('cards', bundleCards)
  return launch({ workers: [{ name: 'grimoire-cards', ...(await cards) }] })
}

/**
 * Its fonts and its drawing library are five megabytes. Beside the edge they would be copied for each of some forty parts
 * that miniflare writes into workerd's configuration after them, at every start of an edge, and few draw a card.
 */
export function cardDrawer(onCard: () => void = () => {}): CardDrawer {
  let started: Promise<Miniflare> | null = null
  const draw = async (request: Request): Promise<Response> => {
    onCard()
    started ??= start().catch(error => {
      started = null // The next card tries again.
      throw error
    })
    const body = await request.text()
    return (await started).dispatchFetch(request.url, { method: 'POST', body })
  }
  return { draw, stop: async () => (await started?.catch(() => null))?.dispose() }
}
