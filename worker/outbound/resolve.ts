/** Asks a resolver over https whether a name leads to public addresses only, where a deployment names one. */
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { isPublicAddress } from './address.ts'

const TYPES = { A: 1, AAAA: 28 } as const
const dnsJson = z.object({
  Status: z.number().int(),
  Answer: z.array(z.object({ type: z.number().int(), data: z.string() })).default([]),
})

async function ask(dnsUrl: string, name: string, type: keyof typeof TYPES, signal: AbortSignal) {
  const url = new URL(dnsUrl)
  url.searchParams.set('name', name)
  url.searchParams.set('type', type)
  const response = await fetch(url, { headers: { accept: 'application/dns-json' }, signal })
  const { Answer } = dnsJson.parse(await response.json())
  return Answer.filter(answer => answer.type === TYPES[type]).map(({ data }) => data)
}

/** One address that is not public refuses the name: a caller may be given any of them. */
export async function requirePublicName(dnsUrl: string, name: string, signal: AbortSignal): Promise<void> {
  const found = await Promise.all([ask(dnsUrl, name, 'A', signal), ask(dnsUrl, name, 'AAAA', signal)]).catch(
    cause => {
      throw new Problem('endpoint_unreachable', { got: name, expected: 'an answer of the resolver', cause })
    },
  )
  const addresses = found.flat()
  if (addresses.length === 0)
    throw new Problem('endpoint_unreachable', { got: name, expected: 'a name that has an address' })
  const kept = addresses.find(address => !isPublicAddress(address))
  if (kept !== undefined)
    throw new Problem('endpoint_refused', {
      got: `${name} at ${kept}`,
      expected: 'a name of public addresses',
    })
}
