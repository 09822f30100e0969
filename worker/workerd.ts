/** Workerd on this machine, started and ended by miniflare, which leaves the signals to whoever started it. */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'

// Miniflare's own entry adds to each request: people are let in at the Worker's own door, and the entry gets a port
// that nobody uses.
const SHARED = {
  host: '127.0.0.1',
  port: 0,
  cf: false as const,
  telemetry: { enabled: false },
  log: new Log(LogLevel.ERROR),
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Miniflare ends the whole process when a signal comes. Whoever started the edge has other parts to stop first, so its
 * listeners are taken off again; the one that ends workerd when this process exits stays.
 */
function withoutItsSignals<T>(make: () => T): T {
  const before = SIGNALS.map(signal => new Set(process.listeners(signal)))
  const made = make()
  for (const [index, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.has(listener)) process.removeListener(signal, listener)
    }
  }
  return made
}

type Launched = Parameters<typeof convertV4MiniflareOptions>[0]

export const launch = (options: Launched): Miniflare =>
  withoutItsSignals(() => new Miniflare(convertV4MiniflareOptions({ ...options, ...SHARED })))
