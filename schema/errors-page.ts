/** Writes docs/errors.md from the error table; with --check it only says whether the page is the table's. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROBLEM_TYPE_BASE } from './problem.ts'
import { problems } from './problems.ts'

const path = join(import.meta.dirname, '..', 'docs', 'errors.md')

const rows = Object.entries(problems)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(
    ([code, { status, retry, title, mend }]) =>
      `| \`${code}\` | ${status} | ${retry ? 'yes' : 'no'} | ${title} | ${mend} |`,
  )

const page = `# Errors

Every refusal of Grimoire, wherever it is made, has one of these codes. Over HTTP it is a problem of RFC 9457
(\`application/problem+json\`; \`type\` is \`${PROBLEM_TYPE_BASE}<code>\`) that also carries OpenAI's \`error\` object, so that
either kind of client reads it. \`detail\` says what was got and what was expected. "Again" says whether the same request may
be sent again. This page is written by \`npm run errors\` from [\`schema/problems.ts\`](../schema/problems.ts).

| code | status | again | what happened | how to fix |
|---|---|---|---|---|
${rows.join('\n')}
`

if (process.argv.includes('--check')) {
  const fresh = readFileSync(path, 'utf8') === page
  if (!fresh)
    process.stderr.write(
      'docs/errors.md is not the error table: run "npm run errors" and commit what it writes.\n',
    )
  process.exit(fresh ? 0 : 1)
}
writeFileSync(path, page)
