/** The checker of trees finds what it is there to find, and names the place. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Fault, faultsOf, functionsOf, type Pair, readTree, testsIn } from './trees.ts'

const contracts = new Map([
  [
    'Works',
    functionsOf([
      { type: 'function', name: 'mint', inputs: [{ type: 'uint256' }] },
      { type: 'function', name: 'check', inputs: [{ type: 'address' }] },
      { type: 'function', name: 'check', inputs: [{ type: 'tuple[]', components: [{ type: 'bytes32' }] }] },
    ]),
  ],
])

const WHOLE = `Works::mint
├── given editions are left
│   ├── when the caller's money is short
│   │   └── it refuses the caller's mint
│   └── it mints (test_an_edition_is_minted)
└── given none are left
    └── it never mints more than the cap

Works::check(address)
Works::check((bytes32)[])
└── it answers
`

const TESTS = `contract MarketTest {
    function test_refuses_the_callers_mint() public {}
    function test_an_edition_is_minted() public {}
    function testFuzz_it_never_mints_more_than_the_cap(uint256 quantity) public {}
    function test_answers() public view {}
    function bought() internal {}
}
`

const pairOf = (treeText: string, testsText: string | undefined): Pair => ({
  tree: 'test/Market.tree',
  treeText,
  tests: 'test/Market.t.sol',
  testsText,
})

const places = (faults: Fault[]): string[] => faults.map(({ file, line }) => `${file}:${line}`)

describe('a tree, its tests and the ABIs', () => {
  test('that agree have no fault', () => {
    assert.deepEqual(faultsOf([pairOf(WHOLE, TESTS)], contracts), [])
  })

  test('a leaf without a test is found', () => {
    const faults = faultsOf(
      [pairOf(WHOLE, TESTS.replace('test_an_edition_is_minted', 'test_other'))],
      contracts,
    )
    assert.deepEqual(places(faults), ['test/Market.tree:5', 'test/Market.t.sol:3'])
    assert.match(faults[0]?.message ?? '', /no test_an_edition_is_minted for the leaf "it mints/)
  })

  test('a test without a leaf is found', () => {
    const tests = TESTS.replace('function bought() internal', 'function testFuzz_bought(uint256 n) public')
    const faults = faultsOf([pairOf(WHOLE, tests)], contracts)
    assert.deepEqual(places(faults), ['test/Market.t.sol:6'])
    assert.match(faults[0]?.message ?? '', /testFuzz_bought has no leaf/)
  })

  test('a leaf that two tests could be is found', () => {
    const tests = TESTS.replace('function bought()', 'function testFuzz_answers(uint256 n)')
    assert.deepEqual(places(faultsOf([pairOf(WHOLE, tests)], contracts)), ['test/Market.tree:11'])
  })

  test('a function without a tree is found, each overload for itself', () => {
    const tree = WHOLE.replace('Works::check((bytes32)[])\n', '')
    const faults = faultsOf([pairOf(tree, TESTS)], contracts)
    assert.deepEqual(
      faults.map(({ message }) => message),
      ['no tree for Works::check((bytes32)[])'],
    )
    assert.equal(faults[0]?.file, 'generated/works.ts')
  })

  test('a root that names no function, an overload by its bare name, or no contract is found', () => {
    const tree = WHOLE.replace('Works::mint', 'Works::burn')
      .replace('Works::check(address)', 'Works::check')
      .replace('Works::check((bytes32)[])', 'Sales::check')
    const [burn, check, sales] = faultsOf([pairOf(tree, TESTS)], contracts)
    assert.match(burn?.message ?? '', /Works has no function burn/)
    assert.match(
      check?.message ?? '',
      /Works::check is none of check\(address\) and check\(\(bytes32\)\[\]\)/,
    )
    assert.match(sales?.message ?? '', /no contract Sales/)
  })

  test('a tree without a file of tests is found', () => {
    const [fault] = faultsOf([pairOf(WHOLE, undefined)], contracts)
    assert.match(fault?.message ?? '', /there is no test\/Market.t.sol beside it/)
  })
})

describe('a tree that is not one', () => {
  const faultsIn = (text: string): string[] =>
    readTree(text).faults.map(({ line, message }) => `${line}: ${message}`)

  test('a branch or a root that leads to no leaf is found', () => {
    assert.deepEqual(faultsIn('Works::mint\n├── given this\n└── it mints\n\nWorks::burn\n'), [
      '2: nothing hangs below this',
      '5: nothing hangs below this',
    ])
  })

  test('what hangs below a leaf, or two steps down, is found', () => {
    assert.deepEqual(faultsIn('Works::mint\n└── it mints\n    └── it burns\n'), ['3: hangs below nothing'])
    assert.deepEqual(faultsIn('Works::mint\n├── it mints\n│       └── it burns\n'), [
      '3: hangs below nothing',
    ])
  })

  test('words that begin with none of given, when, it are found', () => {
    assert.deepEqual(faultsIn('Works::mint\n└── if this\n    └── it mints\n'), [
      '2: begins with none of given, when, it: if this',
    ])
  })

  test('a line that is no part of a tree is found, and a remark is not', () => {
    assert.deepEqual(faultsIn('# A remark.\nWorks::mint\n└── it mints\nloose words\n'), [
      '4: neither a root nor a branch: loose words',
    ])
  })
})

test('tests are read with their lines, and only tests', () => {
  assert.deepEqual([...testsIn(TESTS)].slice(0, 2), [
    ['test_refuses_the_callers_mint', [2]],
    ['test_an_edition_is_minted', [3]],
  ])
  assert.equal(testsIn(TESTS).has('bought'), false)
})
