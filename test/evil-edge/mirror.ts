/** A mirror as anyone can have one: a folder of files named by their hashes, behind a server that knows nothing else. */
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveHttp } from '@grimoire/client/fixture'

export async function startMirror(folder: string) {
  const blobs = join(folder, 'v1', 'blobs')
  mkdirSync(blobs, { recursive: true })
  const asked: string[] = []
  const server = await serveHttp((request, response) => {
    const name = /^\/v1\/blobs\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1]
    const file = join(blobs, name ?? '')
    if (name === undefined || !existsSync(file)) return void response.writeHead(404).end()
    asked.push(name)
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  return {
    ...server,
    asked,
    /** Takes over files from an edge. */
    async copy(edgeUrl: string, names: readonly string[]): Promise<void> {
      for (const name of names) {
        const answer = await fetch(`${edgeUrl}/v1/blobs/${name}`)
        writeFileSync(join(blobs, name), new Uint8Array(await answer.arrayBuffer()))
      }
    },
  }
}
