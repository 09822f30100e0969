/** Server-sent events as they come over fetch, however the network cuts the bytes: data with its id, and comments. */

const MAX_EVENT_CHARACTERS = 1_000_000

export type ServerEvent = { data: string; id?: string } | { comment: string }

/** Yields each event and comment. Other fields are dropped; an event that never ends is an error, not a leak. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  // Not TextDecoderStream: its types differ between the platforms that this file runs on.
  const decoder = new TextDecoder()
  const events = new Lines()
  let pending = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      pending += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A lone CR at the very end may be half of a CRLF whose other half is still to come.
      const lines = pending.split(done ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/)
      pending = done ? '' : (lines.pop() ?? '')
      for (const line of lines) {
        const event = events.take(line)
        if (event) yield event
      }
      if (pending.length > MAX_EVENT_CHARACTERS) throw new RangeError('an event is longer than 1 MB')
      if (done) return
    }
  } finally {
    // Ends the request when the reader stops early; after the end it does nothing.
    await reader.cancel().catch(() => undefined)
  }
}

const fieldOf = (line: string, name: string) => line.slice(name.length + 1).replace(/^ /, '')

class Lines {
  #data: string[] = []
  #id: string | undefined

  take(line: string): ServerEvent | null {
    if (line.startsWith(':')) return { comment: fieldOf(line, '') }
    if (line.startsWith('data:')) this.#data.push(fieldOf(line, 'data'))
    if (line.startsWith('id:')) this.#id = fieldOf(line, 'id')
    if (line !== '' || this.#data.length === 0) return null
    const event = { data: this.#data.join('\n'), ...(this.#id === undefined ? {} : { id: this.#id }) }
    this.#data = []
    this.#id = undefined
    return event
  }
}
