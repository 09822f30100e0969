/** Questions to the database that go there and back in one round trip, however many they are. */

export type Question<T> = { statements: D1PreparedStatement[]; read: (results: readonly D1Result[]) => T }

/** Where nothing is to be asked, nothing is sent. */
export async function askTogether<T extends readonly unknown[]>(
  db: D1Database,
  ...questions: { [Index in keyof T]: Question<T[Index]> }
): Promise<T> {
  const statements = questions.flatMap(question => question.statements)
  const results = statements.length === 0 ? [] : await db.batch(statements)
  let at = 0
  const answers = questions.map(({ statements: { length }, read }) => {
    at += length
    return read(results.slice(at - length, at))
  })
  return answers as unknown as T // Safety: one answer for each question, in their order.
}
