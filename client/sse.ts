/** Server-sent events as they come over fetch: the data of each event, however the network cuts the bytes. */

const MAX_EVENT_CHARACTERS = 1_000_000

/** Yields each event's data. Comments and other fields are dropped; an event that never ends is an error, not a leak. */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  // Not TextDecoderStream: its types differ between the platforms that this file runs on.
  const decoder = new TextDecoder()
  let pending = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      pending += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A lone CR at the very end may be half of a CRLF whose other half is still to come.
      const lines = pending.split(done ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/)
      pending = done ? '' : (lines.pop() ?? '')
      for (const line of lines) {
        if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
        if (line !== '' || data.length === 0) continue
        yield data.join('\n')
        data = []
      }
      if (pending.length > MAX_EVENT_CHARACTERS) throw new RangeError('an event is longer than 1 MB')
      if (done) return
    }
  } finally {
    // Ends the request when the reader stops early; after the end it does nothing.
    await reader.cancel().catch(() => undefined)
  }
}
