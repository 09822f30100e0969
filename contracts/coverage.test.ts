/** What forge reports is read to the line, and a gap counts as explained only where the page names its file and its line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLcov, unexplained } from './coverage.ts'

const SOURCE = 'contract A {\n    if (a || b) revert No();\n    done();\n}\n'
const LCOV = `TN:
SF:src/works/A.sol
DA:2,7
DA:3,0
BRDA:2,0,0,3
BRDA:2,0,1,-
end_of_record
SF:test/A.t.sol
DA:1,0
end_of_record
`

const files = readLcov([LCOV], () => SOURCE)
const gaps = files.flatMap(({ gaps }) => gaps)

test('lines and branches of src/ are counted, and those that no test reached are named', () => {
  assert.deepEqual(files, [
    {
      file: 'works/A.sol',
      lines: 2,
      linesHit: 1,
      branches: 2,
      branchesHit: 1,
      gaps: [
        { file: 'works/A.sol', line: 2, what: 'branch', text: 'if (a || b) revert No();' },
        { file: 'works/A.sol', line: 3, what: 'line', text: 'done();' },
      ],
    },
  ])
})

test('what one of several runs reached is reached', () => {
  const other = 'SF:src/works/A.sol\nDA:3,1\nBRDA:2,4,0,-\nBRDA:2,4,1,2\nend_of_record\n'
  const [file, ...more] = readLcov([LCOV, other], () => SOURCE)
  assert.deepEqual(more, [])
  assert.deepEqual(file, {
    file: 'works/A.sol',
    lines: 2,
    linesHit: 2,
    branches: 2,
    branchesHit: 2,
    gaps: [],
  })
})

test('a page explains a gap by its file and its line, in a row of a table', () => {
  assert.deepEqual(unexplained(gaps, ''), gaps)
  const page = '| `works/A.sol` | `if (a \\|\\| b) revert No();` | why |\n`works/A.sol` `done();`'
  assert.deepEqual(
    unexplained(gaps, page).map(({ line }) => line),
    [3],
  )
  assert.equal(unexplained(gaps, '| `works/B.sol` | `done();` | another file |').length, 2)
})
