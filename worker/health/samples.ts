/** What the last day's probes say of an operator: a ring of samples, and the figures that are drawn from it. */
import type { HealthSample, OperatorHealth } from '@grimoire/schema/directory'

/** A day of probes at the pace of `run.ts`. */
const MAX_KEPT = 720
const MINUTE = 60

/** The newest first; what is older than a day, or beyond what is kept, goes. */
export const withSample = (samples: readonly HealthSample[], sample: HealthSample): HealthSample[] =>
  [sample, ...samples]
    .filter(({ atSeconds }) => sample.atSeconds - atSeconds <= 24 * 60 * MINUTE)
    .slice(0, MAX_KEPT)

/** An operator with a work to quote is up when its quote is right; without one, when its models are. */
export const isUp = ({ reached }: Pick<HealthSample, 'reached'>) =>
  reached === 'quoted' || reached === 'models'

const within = (samples: readonly HealthSample[], nowSeconds: number, minutes: number) =>
  samples.filter(({ atSeconds }) => nowSeconds - atSeconds < minutes * MINUTE)

function uptime(samples: readonly HealthSample[]): number | null {
  if (samples.length === 0) return null
  return Math.round((samples.filter(isUp).length / samples.length) * 10_000) / 100
}

/** The nearest rank: every figure is one that was measured. */
function percentilesOf(values: readonly number[]): OperatorHealth['throughput_last_30m'] {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0
  return { p50: at(50), p75: at(75), p90: at(90), p99: at(99) }
}

/** At the moment of the newest sample. */
export function healthOf(samples: readonly HealthSample[]): OperatorHealth | null {
  const [newest] = samples
  if (!newest) return null
  const nowSeconds = newest.atSeconds
  const halfHour = within(samples, nowSeconds, 30)
  return {
    status: isUp(newest) ? 'up' : 'down',
    measuredAtSeconds: nowSeconds,
    reached: newest.reached,
    fault: newest.fault,
    uptime_last_5m: uptime(within(samples, nowSeconds, 5)),
    uptime_last_30m: uptime(halfHour),
    uptime_last_1d: uptime(samples),
    latency_last_30m: percentilesOf(halfHour.flatMap(({ quoteMs }) => quoteMs ?? [])),
    first_token_last_30m: percentilesOf(halfHour.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    throughput_last_30m: percentilesOf(halfHour.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? [])),
  }
}
