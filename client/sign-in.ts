/** Signing in at an edge, for the few things that it keeps for somebody; finding, buying and chatting need none of it. */
import { Problem } from '@grimoire/schema/problem'
import {
  endedSessions,
  type OpenedSession,
  openedSession,
  type Session,
  sessionsAnswer,
  signInRequest,
  signInText,
} from '@grimoire/schema/session'
import { edgeOf } from './edge.ts'
import type { Market } from './market.ts'
import { requestJson } from './transport.ts'
import { signing, type Wallet } from './wallet.ts'

/** What a verb shows to the edge: nothing where the browser's cookie does it. */
export const asVisitor = ({ token }: Pick<OpenedSession, 'token'>): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` }

/** An edge that asks for a sign-in to another would carry it there and be let in as its visitor. */
async function askWhatToSign(market: Market) {
  const edge = edgeOf(market)
  const asked = await requestJson(edge, '/v1/sessions/nonce', {
    method: 'POST',
    schema: signInRequest,
  })
  const { host, origin } = new URL(edge.url)
  for (const [param, got, expected] of [
    ['domain', asked.domain, host],
    ['uri', asked.uri, origin],
    ['chainId', asked.chainId, market.addresses.chainId],
  ] as const) {
    if (got !== expected) throw new Problem('edge_lied', { param, got, expected })
  }
  return asked
}

/** `cookie` is for the edge's own page. A bearer token opens what the wallet keeps there: store it as one stores a key. */
export async function signIn(
  market: Market,
  options: { wallet: Wallet; carrier?: Session['carrier']; lastsSeconds?: number },
): Promise<OpenedSession> {
  const { wallet, carrier = 'bearer', lastsSeconds } = options
  const { domain, uri, chainId, nonce } = await askWhatToSign(market)
  const { account } = wallet
  const issuedAt = new Date()
  const message = signInText({
    ...{ domain, uri, chainId, nonce, address: account.address, issuedAt },
    ...(lastsSeconds === undefined
      ? {}
      : { expirationTime: new Date(issuedAt.getTime() + lastsSeconds * 1000) }),
  })
  const signature = await signing(wallet.signMessage({ account, message }))
  return requestJson(edgeOf(market), '/v1/sessions', {
    method: 'POST',
    json: { message, signature, carrier },
    schema: openedSession,
  })
}

/** The same session under another token; the old one is void at once. */
export const renewSession = (market: Market, session: OpenedSession): Promise<OpenedSession> =>
  requestJson(edgeOf(market), '/v1/session/renewal', {
    method: 'POST',
    headers: asVisitor(session),
    schema: openedSession,
  })

export async function openSessions(market: Market, session: OpenedSession): Promise<Session[]> {
  const headers = asVisitor(session)
  return (await requestJson(edgeOf(market), '/v1/sessions', { headers, schema: sessionsAnswer })).sessions
}

/** Ends this session; with `everywhere` all of the wallet. */
export async function signOut(
  market: Market,
  session: OpenedSession,
  { everywhere = false }: { everywhere?: boolean } = {},
): Promise<number> {
  const path = everywhere ? '/v1/sessions' : '/v1/session'
  const asked = { method: 'DELETE', headers: asVisitor(session), schema: endedSessions } as const
  // Not tried again: a second answer would be that nobody is signed in.
  return (await requestJson(edgeOf(market), path, { ...asked, retries: 0 })).ended
}
