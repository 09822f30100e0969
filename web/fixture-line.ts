/** The network between a page and a machine, for tests: it can be made thin, cut and mended; real sockets, real bytes. */
import { connect, createServer, type Socket } from 'node:net'

const PIECE_BYTES = 80
const PIECE_EVERY_MS = 100

export type Line = Awaited<ReturnType<typeof startLine>>

export async function startLine(machineUrl: string) {
  const target = new URL(machineUrl)
  const open = new Set<Socket>()
  let [isThin, isCut] = [false, false]
  const pass = (from: Socket, to: Socket) => {
    const waiting: Buffer[] = []
    const timer = setInterval(() => {
      const all = Buffer.concat(waiting.splice(0))
      const now = isThin ? all.subarray(0, PIECE_BYTES) : all
      if (all.length > now.length) waiting.push(all.subarray(now.length))
      if (now.length > 0 && !to.destroyed) to.write(now)
    }, PIECE_EVERY_MS)
    from.on('data', bytes => {
      if (isThin || waiting.length > 0) waiting.push(bytes)
      else to.write(bytes)
    })
    // A machine that dies takes along what was still on its way.
    from.on('close', () => {
      clearInterval(timer)
      to.destroy()
    })
    from.on('error', () => to.destroy())
  }
  const server = createServer(page => {
    if (isCut) return page.destroy()
    const machine = connect(Number(target.port), target.hostname)
    for (const socket of [page, machine]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
    page.on('data', bytes => machine.write(bytes))
    page.on('close', () => machine.destroy())
    page.on('error', () => machine.destroy())
    pass(machine, page)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a server listens at a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    thin: () => {
      isThin = true
    },
    cut: () => {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    mend: () => {
      isThin = false
      isCut = false
    },
    stop: () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
