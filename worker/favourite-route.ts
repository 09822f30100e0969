/** What keeping a work in mind and letting it go have in common: where, and who may. */
import { workIdText } from '@grimoire/schema/hex'
import { z } from '@hono/zod-openapi'
import { signedWrite } from './signed-in.ts'

export const ofFavourite = {
  path: '/v1/favourites/{workId}',
  middleware: signedWrite,
  request: { params: z.object({ workId: workIdText }) },
} as const
