/** Asks the node that runs from a state folder, through the door that it left there; null when none does. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromProblemBody, Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { DESK_FILE } from './desk.ts'

const deskFile = z.object({ url: z.string(), token: z.string(), pid: z.number() })

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A node that was killed leaves its file behind. */
function readDesk(directory: string): z.infer<typeof deskFile> | null {
  const path = join(directory, DESK_FILE)
  if (!existsSync(path)) return null
  try {
    const file = deskFile.parse(JSON.parse(readFileSync(path, 'utf8')))
    return isAlive(file.pid) ? file : null
  } catch {
    return null
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'ECONNREFUSED'

export async function askDesk(
  directory: string,
  path: string,
  { method = 'GET', timeoutMs = 30_000 }: { method?: string; timeoutMs?: number } = {},
): Promise<unknown> {
  const desk = readDesk(directory)
  if (!desk) return null
  const response = await fetch(`${desk.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${desk.token}` },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    // Nobody listens: the file is of a node that was killed, and its process number is another's now.
    if (isRefused(cause)) return null
    throw new Problem('node_unreachable', { got: desk.url, cause })
  })
  if (!response) return null
  const body: unknown = await response.json()
  if (!response.ok) throw fromProblemBody(body) ?? new Problem('node_unreachable', { got: response.status })
  return body
}
