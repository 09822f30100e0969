/** The built page as anyone can serve it: files of a folder, and the page for every other path, at an origin of its own. */
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { serveHttp } from '@grimoire/client/fixture'

const DIST = join(import.meta.dirname, 'dist')
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** `place` is what whoever serves the page writes into its `edge.json`. */
export const serveElsewhere = (place: Record<string, unknown>) =>
  serveHttp((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === '/edge.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(place))
      return
    }
    const named = join(DIST, pathname)
    const file = pathname !== '/' && existsSync(named) ? named : join(DIST, 'index.html')
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(file))
  })
