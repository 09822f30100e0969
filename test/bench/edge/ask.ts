/** Asks an edge over connections that stay open, and measures how long that takes and how often it can be done. */
import { Agent, get, type IncomingHttpHeaders } from 'node:http'

const ROUNDS = 40
const UNMEASURED = 5
const AT_ONCE = 16
const SECONDS = 3

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

export type Answer = { text: string; headers: IncomingHttpHeaders }

/** Anything but 200 is an error. */
export function ask(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, response => {
      const parts: Buffer[] = []
      response.on('data', part => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        if (response.statusCode === 200) resolve({ text, headers: response.headers })
        else reject(new Error(`${url}: ${response.statusCode} ${text.slice(0, 300)}`))
      })
    })
    request.on('error', reject)
  })
}

/** The same question under an address that the edge cannot have remembered: no route reads this parameter. */
let asked = 0
export const anew = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}asked=${asked++}`

export type Times = { p50: number; p99: number }

/** One after the other, each worked out anew. */
export async function timesOf(url: string): Promise<Times> {
  const times: number[] = []
  for (let round = -UNMEASURED; round < ROUNDS; round++) {
    const address = anew(url)
    const started = performance.now()
    await ask(address)
    if (round >= 0) times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const at = (part: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

/** The body is taken in and not looked at: it is the edge that is measured. */
const drain = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, response => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`))
      response.on('end', resolve)
      response.on('error', reject)
      response.resume()
    }).on('error', reject)
  })

/** Requests a second while so many are always under way. */
export async function perSecond(url: string): Promise<number> {
  let answered = 0
  const ends = performance.now() + SECONDS * 1_000
  const keepAsking = async () => {
    while (performance.now() < ends) {
      await drain(url)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, keepAsking))
  return answered / SECONDS
}
