/** For the benchmark alone: the same Worker, whose every answer tells what the database did for it. It is bundled nowhere else. */
import type { Env } from './env.ts'
import edge from './index.ts'

/** @public workerd makes one of each of these */
export { IndexWriter } from './indexer/writer.ts'
/** @public as above */
export { Relayer } from './relay/relayer.ts'

/** Of the request under way: the benchmark sends one after the other. */
let spent = { rows: 0, ms: 0, trips: 0 }

function count(...results: D1Result[]): void {
  spent.trips += 1
  for (const { meta } of results) {
    spent.rows += meta.rows_read
    spent.ms += meta.duration
  }
}

/** `raw` does not tell what it read, so the same read is made once more in a form that does. */
const counted = (statement: D1PreparedStatement): D1PreparedStatement =>
  new Proxy(statement, {
    get: (target, name) => {
      if (name === 'bind') return (...values: unknown[]) => counted(target.bind(...values))
      if (name === 'uncounted') return target
      if (name === 'first') return async () => (await counted(target).all()).results[0] ?? null
      if (name === 'raw') {
        return async () => {
          count(await target.all())
          return target.raw()
        }
      }
      return async () => {
        const result = await target.all()
        count(result)
        return result
      }
    },
  })

const countedDatabase = (db: D1Database): D1Database =>
  new Proxy(db, {
    get: (target, name) => {
      if (name === 'prepare') return (sql: string) => counted(target.prepare(sql))
      if (name === 'batch') {
        return async (statements: (D1PreparedStatement & { uncounted: D1PreparedStatement })[]) => {
          const results = await target.batch(statements.map(({ uncounted }) => uncounted))
          count(...results)
          return results
        }
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

/** One for each environment, so that settings are parsed once here too. */
const counting = new WeakMap<Env, Env>()
function countingEnv(env: Env): Env {
  const known = counting.get(env) ?? { ...env, DB: countedDatabase(env.DB) }
  counting.set(env, known)
  return known
}

/** @public workerd looks for these handlers under this name, and calls them */
export default {
  ...edge,
  async fetch(request, env, context) {
    spent = { rows: 0, ms: 0, trips: 0 }
    const answered = await edge.fetch(request, countingEnv(env), context)
    const response = new Response(answered.body, answered)
    response.headers.set(
      'server-timing',
      `db;dur=${spent.ms}, rows;dur=${spent.rows}, trips;dur=${spent.trips}`,
    )
    return response
  },
} satisfies ExportedHandler<Env>
