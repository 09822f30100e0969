/** A line to a server that can be cut and mended, for tests of what a node does while its chain is away. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Line = { url: string; cut(): void; mend(): void; stop(): Promise<void> }

export async function startLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let whole = true
  const server = createServer(near => {
    if (!whole) return void near.destroy()
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => open.delete(one))
      one.pipe(other)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const cutAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // Safety: it listens on a TCP port.
    cut: () => {
      whole = false
      cutAll()
    },
    mend: () => {
      whole = true
    },
    stop: () => {
      cutAll()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
