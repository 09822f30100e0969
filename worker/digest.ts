/** The sha256 of bytes or of a text, in hex, as names and keys of what is stored are written. */
import { hexOfBytes } from '@grimoire/schema/cid'

export async function sha256Of(content: string | BufferSource): Promise<string> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return hexOfBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
