/** What an edge measured of those who serve a work: how often each was up, how soon it signed a price, how fast it speaks. */
import { type ServingOperator, servingPage } from '@grimoire/schema/directory'
import { queryOptions } from '@tanstack/react-query'
import { ask } from '../edge/ask.ts'

export const measuredServing = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'measured'],
    queryFn: ({ signal }) =>
      ask(`/v1/works/${workId}/operators`, {
        read: body => servingPage.parse(body),
        query: { limit: 100 },
        signal,
      }),
  })

type Health = ServingOperator['health']

export function upWords(health: Health | undefined): string {
  if (!health) return 'not measured'
  const day = health.uptime_last_1d
  const now = health.status === 'up' ? 'up' : 'down'
  return day === null ? now : `${now}, ${day.toLocaleString('en', { maximumFractionDigits: 1 })} % in a day`
}

export function waitWords(health: Health | undefined): string {
  const wait = health?.latency_last_30m
  return wait ? `${wait.p50} ms; ${wait.p99} ms` : 'not measured'
}

/** Of the canaries that its operator allows. */
export function paceWords(health: Health | undefined): string {
  const [first, pace] = [health?.first_token_last_30m, health?.throughput_last_30m]
  if (!first) return 'not measured'
  return pace ? `${first.p50} ms; ${pace.p50.toLocaleString('en')} tokens/s` : `${first.p50} ms`
}
