/** An operator as this edge sees it from outside: who lists it, and what a day of probes found. */
import { type HealthSample, operatorDetail } from '@grimoire/schema/directory'
import { isProblem, problems } from '@grimoire/schema/problem'
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { ask } from '../edge/ask.ts'
import { plain } from '../words/plain.ts'

export type SeenOperator = z.infer<typeof operatorDetail>

/** Null: the edge knows of nobody there, which is an answer too. */
export const operatorSeen = (address: string) =>
  queryOptions({
    queryKey: ['operator', address],
    queryFn: ({ signal }) =>
      ask(`/v1/operators/${address}`, {
        read: body => operatorDetail.parse(body),
        query: { limit: 100 },
        signal,
      }).catch((error: unknown) => {
        if (isProblem(error, 'operator_unknown')) return null
        throw error
      }),
  })

export const faultWords = (fault: string | null): string => {
  const known = Object.entries(problems).find(([code]) => code === fault)?.[1]
  return known ? `${known.title} ${known.mend}` : plain(fault ?? '')
}

const CAME_TO: Record<HealthSample['reached'], string> = {
  nothing: 'It did not answer.',
  health: 'It answered, and then failed at its list of models or at its price.',
  models: 'It answered and signed no price.',
  quoted: 'It signed a price.',
}

export const isDown = ({ reached }: HealthSample): boolean => reached === 'nothing' || reached === 'health'

/** What went wrong in one probe, as far as the edge kept it. */
export const failureWords = (sample: HealthSample): string =>
  [CAME_TO[sample.reached], faultWords(sample.fault)].join(' ').trim()
