/** What a wallet says of itself at an edge, and the works that it keeps in mind there. */
import { z } from 'zod'
import { address, seconds, workIdText } from './hex.ts'
import { plainText } from './plain-text.ts'

export const PROFILE_MAX_BYTES = 8_192

const link = z
  .url({ protocol: /^https$/ })
  .max(200)
  .refine(text => URL.canParse(text) && new URL(text).username === '', 'expected a link without a user')

/** All of it may be empty: then nothing is kept. */
export const profileWords = z
  .object({
    name: plainText(60),
    bio: plainText(600, { lines: true }),
    links: z.array(link).max(5),
  })
  .strict()
export type ProfileWords = z.infer<typeof profileWords>

/** Claimed by the wallet, checked by nobody. `updatedAtSeconds` is null where nothing was said. */
export const profile = z.object({
  wallet: address,
  name: z.string(),
  bio: z.string(),
  links: z.array(z.string()),
  updatedAtSeconds: seconds.nullable(),
})
export type Profile = z.infer<typeof profile>

export const FAVOURITES_LIMIT = 1_000

export const favouritesPage = z.object({
  favourites: z.array(z.object({ workId: workIdText, addedAtSeconds: seconds })),
  nextCursor: z.string().nullable(),
})
export type FavouritesPage = z.infer<typeof favouritesPage>

export const favouriteAnswer = z.object({ workId: workIdText, favourite: z.boolean() })
