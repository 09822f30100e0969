/** One line of JSON for each event, on stderr. Only the fields below can be written: no text of a conversation, no key. */

type Fields = {
  event: string
  workId?: string
  version?: number
  holder?: string
  channelId?: string
  code?: string
  reason?: string
  status?: number
  path?: string
  milliseconds?: number
  bytes?: number
  tokens?: number
  chargedAtomic?: string
  transaction?: string
  count?: number
}

export type Log = (fields: Fields) => void

export const logToStderr: Log = fields => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...fields })}\n`)
}
export const logNothing: Log = () => {}

/** What may be said of an error that we did not foresee: its kind. A message may quote what it was given. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}` : typeof error
