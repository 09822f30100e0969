/** `grimoire serve`: an OpenAI base URL and a key for every program of this machine, until Ctrl-C. */
import { formatMoney } from '@grimoire/schema/amounts'
import { enter } from './enter.ts'
import { readSettings, type Settings } from './options.ts'
import { type RunningGateway, runGateway } from './running.ts'

const say = (text: string) => void process.stdout.write(`${text}\n`)

async function describe(running: RunningGateway, { dailyCap }: Settings, isPlay: boolean): Promise<string> {
  const { gateway, holder, token, url } = running
  // An edge that is away now hides the list, and not the gateway.
  const works = await gateway.shelf.works().catch(() => [])
  const [first] = works
  return [
    `base URL   ${url}`,
    `API key    ${token}`,
    `wallet     ${holder}${isPlay ? ' (a play wallet of the devnet)' : ''}`,
    `daily cap  $${formatMoney(dailyCap)}`,
    '',
    ...(first
      ? ['models', ...works.map(({ alias, title }) => `  ${alias.padEnd(32)} ${title}`)]
      : ['This wallet holds no work yet: buy one, and it is a model here in half a minute.']),
    '',
    'Try:',
    `  curl ${url}/chat/completions -H 'authorization: Bearer ${token}' -H 'content-type: application/json' \\`,
    `    -d '{"model":"${first?.alias ?? 'NAME'}","messages":[{"role":"user","content":"Hello"}]}'`,
    '',
    'Ctrl-C lets the answers under way end, and stops.',
  ].join('\n')
}

/** One line of JSON for each event, without anything that was said. */
const logLine = (line: Record<string, unknown>) =>
  void process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`)

export async function serveCommand({ json, newToken, ...flags }: Record<string, unknown>): Promise<void> {
  const settings = readSettings(flags)
  const entered = await enter(settings)
  const running = await runGateway(entered, settings, { log: logLine, renewToken: newToken === true })
  const ended = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve()
        // Asked twice: an answer that does not end is not waited for.
        process.once(signal, () => process.exit(130))
      })
    }
  })
  const { url, token, holder } = running
  say(
    json
      ? JSON.stringify({ ready: true, url, token, holder })
      : await describe(running, settings, entered.isPlay),
  )
  await ended
  await running.stop()
}
