/** Caps on what one connection may hold: how many there are, how slowly one may ask, and how long one may not read. */
import type { Socket } from 'node:net'
import type { ServerType } from '@hono/node-server'

export type ConnectionCaps = {
  connections: number
  /** A request has to be here whole in this time. */
  sendSeconds: number
  /** An answer of which nothing is taken for so long is given up. */
  unreadSeconds: number
}

const CHECK_MS = 1_000

/** How node's server is made to watch over slow senders. */
export const slowSenders = ({ sendSeconds }: ConnectionCaps) => ({
  requestTimeout: sendSeconds * 1_000,
  headersTimeout: sendSeconds * 1_000,
  connectionsCheckingInterval: CHECK_MS,
})

type Reading = { taken: number; sinceMs: number }

/** Node has no such timeout of its own: its idle one would also end an answer that is still being thought about. */
export function capConnections(server: ServerType, { connections, unreadSeconds }: ConnectionCaps): void {
  server.maxConnections = connections
  const open = new Map<Socket, Reading>()
  server.on('connection', (socket: Socket) => {
    open.set(socket, { taken: 0, sinceMs: Date.now() })
    socket.once('close', () => open.delete(socket))
  })
  const timer = setInterval(() => {
    for (const [socket, reading] of open) {
      const taken = socket.bytesWritten - socket.writableLength
      if (socket.writableLength === 0 || taken !== reading.taken)
        Object.assign(reading, { taken, sinceMs: Date.now() })
      else if (Date.now() - reading.sinceMs >= unreadSeconds * 1_000) socket.destroy()
    }
  }, CHECK_MS)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}
