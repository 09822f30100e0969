/**
 * Holds the ledger's behaviour trees to its ABIs and to its tests: `node contracts/trees.ts`, a part of `npm run check`.
 *
 * `test/Offers.tree` says what `test/Offers.t.sol` proves:
 *
 *     Works::acceptOffer
 *     ├── given the buyer raised its counter
 *     │   └── it refuses the offer
 *     └── when the quantity is larger than what is left
 *         └── it names what is left (test_a_part_that_is_too_large_is_refused)
 *
 * - A root is `Contract::function`, with the parameters' types where the name is overloaded:
 *   `Policy::validateTransfer(address,address,address,uint256)`. `Contract::constructor` is a root too. Roots that stand
 *   one below the other share the tree below them. A function may have trees in several files.
 * - A branch begins with `given` (the state of things) or `when` (what is asked for), and leads to a leaf.
 * - A leaf begins with `it`. Its test is the function that is named in parentheses at its end, or else `test_`, `testFuzz_`
 *   or `invariant_` with the leaf's words, with or without their `it`: lower case, joined by underscores, apostrophes
 *   dropped. Several leaves may name one test.
 * - An empty line, or one that begins with `#`, means nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GENERATED, root } from './sources.ts'

/** The functions of one contract: their signatures, by name. */
type Functions = ReadonlyMap<string, readonly string[]>

/** A place that is wrong, and why. */
export type Fault = { file: string; line: number; message: string }

type Root = { contract: string; call: string; line: number }
type Leaf = { words: string; test: string | undefined; line: number }
type Tree = { roots: Root[]; leaves: Leaf[]; faults: { line: number; message: string }[] }

export type Pair = { tree: string; treeText: string; tests: string; testsText: string | undefined }

const TEST_PREFIXES = ['test_', 'testFuzz_', 'invariant_']
const BRANCHING = /^((?:│ {3}| {4})*)(?:├── |└── )(.*)$/
const INDENT = 4

/** A tree while it is read: each node that is open, by depth, and whether anything hangs below it yet. */
class Reading {
  readonly tree: Tree = { roots: [], leaves: [], faults: [] }
  private readonly open: { line: number; hasChild: boolean; isLeaf: boolean }[] = []

  fault(line: number, message: string): void {
    this.tree.faults.push({ line, message })
  }

  close(depth: number): void {
    for (const { line, hasChild, isLeaf } of this.open.splice(depth)) {
      if (!hasChild && !isLeaf) this.fault(line, 'nothing hangs below this')
    }
  }

  root(line: number, content: string): void {
    const found = /^(\w+)::(\w+(?:\([\w,()[\]]*\))?)$/.exec(content)
    if (!found) {
      this.fault(line, `neither a root nor a branch: ${content.trim()}`)
      return
    }
    const [, contract = '', call = ''] = found
    this.tree.roots.push({ contract, call, line })
    // A root right below another shares what follows.
    const [above] = this.open
    if (this.open.length === 1 && above && !above.hasChild) this.open.pop()
    this.close(0)
    this.open.push({ line, hasChild: false, isLeaf: false })
  }

  node(line: number, depth: number, words: string): void {
    this.close(depth)
    const parent = this.open[depth - 1]
    if (!parent || parent.isLeaf) {
      this.fault(line, 'hangs below nothing')
      return
    }
    parent.hasChild = true
    const isLeaf = words.startsWith('it ')
    if (isLeaf) this.tree.leaves.push({ ...leafOf(words), line })
    else if (!/^(given|when) ./.test(words)) {
      this.fault(line, `begins with none of given, when, it: ${words}`)
    }
    this.open.push({ line, hasChild: false, isLeaf })
  }
}

/** Reads a tree; what it cannot read it names. */
export function readTree(text: string): Tree {
  const reading = new Reading()
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const content = raw.trimEnd()
    if (content === '' || content.startsWith('#')) continue
    const branching = BRANCHING.exec(content)
    if (!branching) reading.root(index + 1, content)
    else reading.node(index + 1, (branching[1] ?? '').length / INDENT + 1, branching[2] ?? '')
  }
  reading.close(0)
  return reading.tree
}

function leafOf(words: string): { words: string; test: string | undefined } {
  const named = / \(((?:test|testFuzz|invariant)_\w+)\)$/.exec(words)
  return { words, test: named?.[1] }
}

const snakeOf = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')

/** Which tests a leaf may mean. */
function namesOf({ words, test }: Leaf): string[] {
  if (test) return [test]
  const snake = snakeOf(words)
  return TEST_PREFIXES.flatMap(prefix => [prefix + snake.slice('it_'.length), prefix + snake])
}

/** The test functions of a Solidity file, with their lines. */
export function testsIn(text: string): Map<string, number[]> {
  const tests = new Map<string, number[]>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const name = /^\s*function ((?:test|testFuzz|invariant)_?\w*)\(/.exec(line)?.[1]
    if (name) tests.set(name, [...(tests.get(name) ?? []), index + 1])
  }
  return tests
}

function faultsOfRoots(
  tree: Tree,
  contracts: ReadonlyMap<string, Functions>,
  seen: Set<string>,
): Tree['faults'] {
  const faults: Tree['faults'] = []
  for (const { contract, call, line } of tree.roots) {
    const functions = contracts.get(contract)
    const name = call.replace(/\(.*/, '')
    const signatures = name === 'constructor' ? ['constructor'] : (functions?.get(name) ?? [])
    const [only] = signatures
    if (!functions) faults.push({ line, message: `no contract ${contract} has a published ABI` })
    else if (signatures.includes(call)) seen.add(`${contract}::${call}`)
    else if (only && signatures.length === 1 && call === name) seen.add(`${contract}::${only}`)
    else if (signatures.length === 0) faults.push({ line, message: `${contract} has no function ${name}` })
    else faults.push({ line, message: `${contract}::${call} is none of ${signatures.join(' and ')}` })
  }
  return faults
}

function faultsOfPair(pair: Pair, tree: Tree): Fault[] {
  if (pair.testsText === undefined) {
    return [{ file: pair.tree, line: 1, message: `there is no ${pair.tests} beside it` }]
  }
  const tests = testsIn(pair.testsText)
  const named = new Set<string>()
  const faults: Fault[] = []
  for (const leaf of tree.leaves) {
    const names = namesOf(leaf)
    const found = names.filter(name => tests.has(name))
    for (const name of found) named.add(name)
    const problem =
      found.length === 0
        ? `${pair.tests} has no ${names[0]} for the leaf "${leaf.words}"`
        : `more than one test is meant: ${found.join(' and ')}`
    if (found.length !== 1) faults.push({ file: pair.tree, line: leaf.line, message: problem })
  }
  for (const [name, lines] of tests) {
    for (const line of named.has(name) ? [] : lines) {
      faults.push({ file: pair.tests, line, message: `${name} has no leaf in ${pair.tree}` })
    }
    const again = lines[1]
    if (again) faults.push({ file: pair.tests, line: again, message: `${name} is there a second time` })
  }
  return faults
}

/** Everything that is wrong between trees, tests and ABIs. */
export function faultsOf(pairs: readonly Pair[], contracts: ReadonlyMap<string, Functions>): Fault[] {
  const faults: Fault[] = []
  const seen = new Set<string>()
  for (const pair of pairs) {
    const tree = readTree(pair.treeText)
    const within = [...tree.faults, ...faultsOfRoots(tree, contracts, seen)]
    for (const { line, message } of within) faults.push({ file: pair.tree, line, message })
    faults.push(...faultsOfPair(pair, tree))
  }
  for (const [contract, functions] of contracts) {
    const file = GENERATED.find(generated => generated.contract === contract)?.file ?? contract
    for (const signature of [...functions.values()].flat()) {
      if (seen.has(`${contract}::${signature}`)) continue
      faults.push({ file: `generated/${file}.ts`, line: 1, message: `no tree for ${contract}::${signature}` })
    }
  }
  return faults
}

type Parameter = { type: string; components?: readonly Parameter[] }
type Item = { type: string; name?: string; inputs?: readonly Parameter[] }

/** A parameter's type as signatures write it: a struct as its members. */
const typeOf = ({ type, components }: Parameter): string =>
  components ? `(${components.map(typeOf).join(',')})${type.slice('tuple'.length)}` : type

/** The functions that an ABI names. */
export function functionsOf(abi: readonly Item[]): Functions {
  const functions = new Map<string, string[]>()
  for (const { type, name, inputs } of abi) {
    if (type !== 'function' || !name) continue
    const signature = `${name}(${(inputs ?? []).map(typeOf).join(',')})`
    functions.set(name, [...(functions.get(name) ?? []), signature])
  }
  return functions
}

async function published(): Promise<Map<string, Functions>> {
  const contracts = new Map<string, Functions>()
  for (const { file, contract, name } of GENERATED) {
    const module: Record<string, unknown> = await import(`./generated/${file}.ts`)
    // Safety: compile.ts writes these files from solc's own ABIs, and check compares them with it.
    contracts.set(contract, functionsOf(module[`${name}Abi`] as readonly Item[]))
  }
  return contracts
}

function pairsOnDisk(): Pair[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  return files
    .filter(file => file.endsWith('.tree'))
    .toSorted()
    .map(file => {
      const tree = `test/${file.replaceAll('\\', '/')}`
      const tests = tree.replace(/\.tree$/, '.t.sol')
      const path = join(root, tests)
      const testsText = existsSync(path) ? readFileSync(path, 'utf8') : undefined
      return { tree, treeText: readFileSync(join(root, tree), 'utf8'), tests, testsText }
    })
}

if (import.meta.main) {
  const pairs = pairsOnDisk()
  const faults = faultsOf(pairs, await published())
  for (const { file, line, message } of faults) console.log(`contracts/${file}:${line}: ${message}`)
  const leaves = pairs.reduce((sum, { treeText }) => sum + readTree(treeText).leaves.length, 0)
  console.log(`${pairs.length} trees, ${leaves} leaves, ${faults.length} faults`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
