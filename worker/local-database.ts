/** A new edge's database in a run of the tests: migrated once for the run, and copied into each edge's folder. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { folderOncePerRun } from '@grimoire/contracts/once'
import { type Database, migrate } from './migrations.ts'
import { launch } from './workerd.ts'

/** Where miniflare keeps databases within its folder. */
const KEPT = 'd1'
const NOTHING = 'export default {}'

type Databases = Record<string, string | { id: string }>

/**
 * To migrate an empty database is two fifths of what the start of an edge computes. The start migrates what it finds all the
 * same; a copy has nothing left to migrate.
 */
export async function copyMigrated(stateFolder: string, edge: object): Promise<void> {
  if (existsSync(join(stateFolder, KEPT))) return
  const migrated = await folderOncePerRun('migrated', async resourcePersistencePath => {
    const { d1Databases = {} } = edge as { d1Databases?: Databases } // Safety: wrangler's, whose type has lost its names.
    const workers = [{ name: 'migrated', modules: true as const, script: NOTHING, d1Databases }]
    const miniflare = launch({ workers, resourcePersistencePath })
    try {
      await migrate((await miniflare.getD1Database('DB')) as unknown as Database) // Safety: D1 has at least this.
    } finally {
      await miniflare.dispose()
    }
  })
  if (migrated) cpSync(join(migrated, KEPT), join(stateFolder, KEPT), { recursive: true })
}
