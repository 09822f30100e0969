/** One JSON line per request. No body, signature, share, address of a caller or text of theirs is ever in it. */

export type LogLine = {
  event: 'started' | 'stopped' | 'handshake' | 'sign' | 'refused' | 'failed'
  status?: number
  code?: string
  workId?: string
  epoch?: number
  tookMs?: number
  url?: string
}
export type Log = (line: LogLine) => void

export const logToStderr: Log = line => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), part: 'key-node', ...line })}\n`)
}
