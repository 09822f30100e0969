/** The tasks of a page's one thread while something is done: how long each stood in the way, and what of it the page itself took of a processor. */
import type { Page } from 'playwright-core'

export type Tasks = {
  /** Of the longest: whoever else uses the machine makes it longer. */
  longestMs: number
  /** Of the one that took most of a processor: nobody else makes that longer. */
  mostOwnMs: number
  ownMs: number
  seconds: number
}

/** What is read of Chromium's trace events; times in microseconds, `tdur` by the thread's own clock. */
type TraceEvent = { name: string; ph: string; pid: number; tid: number; dur?: number; tdur?: number }

const CATEGORIES = ['toplevel', 'blink.user_timing']
/** Found in the trace, it says which of all threads is the page's. */
const MARK = 'grimoire-bench'

function tasksOf(events: readonly TraceEvent[], seconds: number): Tasks {
  const here = events.find(({ name }) => name === MARK)
  if (!here) throw new Error('the trace has nothing of the page')
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && /RunTask$/.test(name) && pid === here.pid && tid === here.tid,
  )
  const own = tasks.map(({ tdur = 0 }) => tdur / 1000)
  return {
    longestMs: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)),
    mostOwnMs: Math.max(0, ...own),
    ownMs: own.reduce((sum, ms) => sum + ms, 0),
    seconds,
  }
}

export async function tasksDuring(page: Page, act: () => Promise<unknown>): Promise<Tasks> {
  const browser = page.context().browser()
  if (!browser) throw new Error('this page is of no browser that can be asked')
  const session = await browser.newBrowserCDPSession()
  const events: TraceEvent[] = []
  // Safety: these fields are of every event of the trace's format.
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])))
  const traceConfig = { includedCategories: CATEGORIES, excludedCategories: ['*'] }
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  const ended = new Promise(resolve => session.once('Tracing.tracingComplete', resolve))
  const started = performance.now()
  try {
    await page.evaluate(`performance.mark('${MARK}')`)
    await act()
  } finally {
    await session.send('Tracing.end')
    await ended
    await session.detach()
  }
  return tasksOf(events, (performance.now() - started) / 1000)
}
