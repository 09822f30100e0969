/** What wallets say of themselves: one row a wallet, none where nothing is said. */
import type { Profile, ProfileWords } from '@grimoire/schema/profile'
import { profiles } from '@grimoire/schema/tables-people'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { nowSeconds } from '../now.ts'

export async function readProfile(db: D1Database, wallet: string): Promise<Profile> {
  const row = await drizzle(db).select().from(profiles).where(eq(profiles.wallet, wallet.toLowerCase())).get()
  const { name = '', bio = '', links = [], updatedAtSeconds = null } = row ?? {}
  return { wallet: getAddress(wallet), name, bio, links, updatedAtSeconds }
}

export async function writeProfile(db: D1Database, wallet: string, words: ProfileWords): Promise<Profile> {
  const orm = drizzle(db)
  const key = wallet.toLowerCase()
  if (words.name === '' && words.bio === '' && words.links.length === 0) {
    await orm.delete(profiles).where(eq(profiles.wallet, key))
    return { wallet: getAddress(wallet), ...words, updatedAtSeconds: null }
  }
  const row = { ...words, updatedAtSeconds: nowSeconds() }
  await orm
    .insert(profiles)
    .values({ wallet: key, ...row })
    .onConflictDoUpdate({ target: profiles.wallet, set: row })
  return { wallet: getAddress(wallet), ...row }
}
