/** A module alone in workerd, with nothing bound to it: what its start costs. */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'

/** Starts workerd with it, waits for one answer to a path where nothing need stand, and ends it. */
export async function answerOnce(script: string): Promise<{ ms: number }> {
  const options = convertV4MiniflareOptions({
    ...{ modules: true as const, script, compatibilityDate: '2026-08-01', cf: false as const },
    ...{ telemetry: { enabled: false }, log: new Log(LogLevel.ERROR) },
  })
  const started = performance.now()
  const miniflare = new Miniflare(options)
  try {
    const response = await miniflare.dispatchFetch('http://edge/v1')
    await response.text()
    return { ms: performance.now() - started }
  } finally {
    await miniflare.dispose()
  }
}
