/** What a visitor keeps and says at an edge: a profile, works kept in mind, reports. Each needs a session of `sign-in.ts`. */
import {
  type ModerationPage,
  moderationPage,
  type NewReport,
  type Report,
  report,
} from '@grimoire/schema/moderation'
import {
  favouriteAnswer,
  favouritesPage,
  type Profile,
  type ProfileWords,
  profile,
} from '@grimoire/schema/profile'
import type { OpenedSession } from '@grimoire/schema/session'
import { edgeOf } from './edge.ts'
import type { Market } from './market.ts'
import { asVisitor } from './sign-in.ts'
import { requestJson } from './transport.ts'

type Page = { limit?: number; cursor?: string }

const searchOf = ({ limit, cursor }: Page): string => {
  const parameters = new URLSearchParams()
  if (limit !== undefined) parameters.set('limit', String(limit))
  if (cursor !== undefined) parameters.set('cursor', cursor)
  return String(parameters)
}

/** A wallet's own words: nobody checks them, and another edge has others. */
export const readProfile = (market: Market, wallet: string): Promise<Profile> =>
  requestJson(edgeOf(market), `/v1/profiles/${wallet}`, { schema: profile })

export const writeProfile = (market: Market, session: OpenedSession, words: ProfileWords): Promise<Profile> =>
  requestJson(edgeOf(market), '/v1/profile', {
    ...{ method: 'PUT', headers: asVisitor(session), json: words, schema: profile },
  })

export const readFavourites = (market: Market, session: OpenedSession, page: Page = {}) =>
  requestJson(edgeOf(market), `/v1/favourites?${searchOf(page)}`, {
    ...{ headers: asVisitor(session), schema: favouritesPage },
  })

/** Keeps a work in mind, or lets it go. */
export async function setFavourite(
  market: Market,
  session: OpenedSession,
  { workId, favourite }: { workId: string; favourite: boolean },
): Promise<boolean> {
  const answer = await requestJson(edgeOf(market), `/v1/favourites/${workId}`, {
    ...{ method: favourite ? 'PUT' : 'DELETE', headers: asVisitor(session), schema: favouriteAnswer },
  })
  return answer.favourite
}

export const reportWork = (market: Market, session: OpenedSession, given: NewReport): Promise<Report> =>
  requestJson(edgeOf(market), '/v1/reports', {
    ...{ method: 'POST', headers: asVisitor(session), json: given, schema: report },
  })

/** What the moderators of this edge hid, when and why. A work that is hidden there is still on the ledger. */
export const readModeration = (market: Market, page: Page = {}): Promise<ModerationPage> =>
  requestJson(edgeOf(market), `/v1/moderation?${searchOf(page)}`, { schema: moderationPage })
