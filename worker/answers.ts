/** What a route says that it answers: one good shape, and the refusals that it may make, each a code of the one error table. */
import type { ProblemCode } from '@grimoire/schema/problem'
import { z } from '@hono/zod-openapi'

const problemAnswer = z
  .looseObject({
    type: z.string().meta({ description: 'Names the kind of refusal; ends in its code' }),
    title: z.string().meta({ description: 'One sentence, the same for every refusal of this code' }),
    status: z.number().int().meta({ description: 'The status of the answer' }),
    detail: z.string().meta({ description: 'What was got here, and what was expected' }),
    code: z.string().meta({ description: 'For programs' }),
    retry: z.boolean().meta({ description: 'Whether the same request may be sent again' }),
    mend: z.string().meta({ description: 'What to do about it' }),
    got: z.string().optional().meta({ description: 'What arrived, shortened' }),
    expected: z.string().optional().meta({ description: 'What would have been taken' }),
    requestId: z.string().meta({ description: 'The same as in x-request-id' }),
    error: z
      .object({
        message: z.string(),
        type: z.string(),
        param: z.string().nullable(),
        code: z.string(),
      })
      .meta({ description: 'The same in the form that OpenAI’s clients read' }),
  })
  .openapi('Problem')

/** The answers of a route for its OpenAPI entry. Codes that every route has, and those of its middleware, are added by themselves. */
export const answers = <T extends z.ZodType>(
  description: string,
  schema: T,
  codes: readonly ProblemCode[] = [],
) => ({
  200: { description, content: { 'application/json': { schema } } },
  ...refusals(codes),
})

/** The refusals alone, for a route whose good answer is not JSON. `describe.ts` spreads them over their statuses. */
export const refusals = (codes: readonly ProblemCode[]) => ({
  default: {
    description: 'A refusal: RFC 9457 with the code, what was got and expected, and how to mend it',
    content: { 'application/problem+json': { schema: problemAnswer } },
    'x-codes': codes,
  },
})
