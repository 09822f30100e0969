/** A value from outside as its schema reads it, or a Problem that names the first field that is wrong. */
import type { z } from 'zod'
import { Problem, type ProblemCode } from './problem.ts'

/** `what` says what was expected where the schema itself does not. */
export function parseOr<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { code = 'request_invalid', what }: { code?: ProblemCode; what: string },
): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem(code, { param: issue?.path.join('.') ?? '', expected: issue?.message ?? what })
}
