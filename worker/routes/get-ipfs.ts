/** GET /ipfs/{cid}: what lies here, under its name on IPFS: as bytes, as a block, or as a CAR (the Trustless Gateway's forms). */
import { cidText, readCid } from '@grimoire/schema/cid'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { carStream } from '../car.ts'
import { type App, type Edge, refusals } from '../http.ts'
import { hasAlready, inertHeaders, serveBytes } from '../serve-bytes.ts'
import { findBlock } from '../store/dag.ts'

const RAW = 'application/vnd.ipld.raw'
const CAR = 'application/vnd.ipld.car'
const binary = { schema: z.string().meta({ format: 'binary' }) }
const content = { [RAW]: binary, [CAR]: binary, 'application/octet-stream': binary }

const route = createRoute({
  method: 'get',
  path: '/ipfs/{cid}',
  summary: 'Fetch a part by its CIDv1: its bytes, one block, or all blocks; check the hashes of what you get',
  request: {
    params: z.object({
      cid: z
        .string()
        .max(200)
        .meta({
          description: 'CIDv1 over sha2-256, of raw bytes or of a UnixFS node',
          example: cidText({
            kind: 'raw',
            sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          }),
        }),
    }),
    query: z.object({
      format: z.enum(['raw', 'car']).optional().meta({
        description:
          'One block, or a CAR of it and all below; the accept header does the same. Neither: the bytes',
      }),
      'dag-scope': z.enum(['block', 'entity', 'all']).optional().meta({
        description: 'Of a CAR: `block` leaves out what is below',
      }),
    }),
  },
  responses: {
    200: { description: 'The bytes, the block, or the CAR', content },
    206: { description: 'A range of the bytes', content },
    304: { description: 'You have them' },
    416: { description: 'The range begins behind the last byte' },
    ...refusals(['part_missing']),
  },
})

function formOf(c: Context<Edge>, asked: 'raw' | 'car' | undefined): 'raw' | 'car' | 'bytes' {
  const accept = c.req.header('accept') ?? ''
  return asked ?? (accept.includes(CAR) ? 'car' : accept.includes(RAW) ? 'raw' : 'bytes')
}

export const getIpfs = (app: App) =>
  app.openapi(route, async c => {
    const { cid } = c.req.valid('param')
    const { format, 'dag-scope': scope } = c.req.valid('query')
    const name = readCid(cid)
    if (!name)
      throw new Problem('request_invalid', {
        param: 'cid',
        got: cid,
        expected: 'CIDv1 over sha2-256, raw or dag-pb',
      })
    const store = { db: c.env.DB, blobs: c.env.BLOBS }
    const found = await findBlock(store, name)
    if (!found) throw new Problem('part_missing', { got: cid })
    const form = formOf(c, format)
    const told = { vary: 'accept', 'x-ipfs-path': `/ipfs/${cid}`, 'x-ipfs-roots': cid }
    if (form === 'car') {
      const alone = scope === 'block'
      const type = `${CAR}; version=1; order=dfs; dups=y`
      const headers = { ...inertHeaders(`${cid}.${alone ? 'block' : 'all'}.car`, type), ...told }
      if (hasAlready(c, headers)) return c.body(null, 304, headers)
      if (c.req.method === 'HEAD') return c.body(null, 200, headers)
      return c.body(carStream(store, name, { alone }), 200, headers)
    }
    const headers = form === 'raw' ? inertHeaders(`${cid}.raw`, RAW) : inertHeaders(cid)
    const stretch = form === 'raw' ? (found.node ?? found.bytes) : found.bytes
    const answer = await serveBytes(c, stretch, { ...headers, ...told })
    if (!answer) throw new Problem('part_missing', { got: cid })
    return answer
  })
