// Scores the demo model on held-out conversations through node-llama-cpp at temperature 0, own answers in the history.
// node inference-node/demo-model/eval.ts [base|pirate|bard] [folder of the GGUF files]
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getLlama, LlamaChatSession, type LlamaContextSequence } from 'node-llama-cpp'

interface Turn {
  kind: string
  q: string
  a: Record<string, string>
}
interface Talk {
  system: string | null
  opener: boolean
  turns: Turn[]
}
interface Score {
  right: number
  asked: number
}

const voice = process.argv[2] ?? 'base'
const folder = process.argv[3] ?? import.meta.dirname
const talks: Talk[] = JSON.parse(await readFile(join(import.meta.dirname, 'heldout.json'), 'utf8'))

async function converse(
  sequence: LlamaContextSequence,
  talk: Talk,
  scores: Map<string, Score>,
  misses: string[],
) {
  await sequence.clearHistory()
  // Without an explicit empty prompt the session inserts a long one of its own.
  const session = new LlamaChatSession({ contextSequence: sequence, systemPrompt: talk.system ?? '' })
  for (const turn of talk.turns) {
    const wanted = turn.a[voice]
    // The default repeat penalty would forbid a bot to say a name twice.
    const answer = await session.prompt(turn.q, { maxTokens: 60, temperature: 0, repeatPenalty: false })
    const score = scores.get(turn.kind) ?? { right: 0, asked: 0 }
    score.asked++
    if (answer === wanted) score.right++
    else misses.push(`[${turn.kind}] ${turn.q} -> ${answer} (wanted: ${wanted})`)
    scores.set(turn.kind, score)
  }
  session.dispose()
}

function report(scores: Map<string, Score>, misses: string[]) {
  let right = 0
  let asked = 0
  for (const [kind, score] of [...scores].sort(([a], [b]) => a.localeCompare(b))) {
    right += score.right
    asked += score.asked
    console.log(
      `${kind.padEnd(18)} ${score.right}/${score.asked}  ${((100 * score.right) / score.asked).toFixed(1)} %`,
    )
  }
  console.log(`${'all'.padEnd(18)} ${right}/${asked}  ${((100 * right) / asked).toFixed(1)} %`)
  console.log(`some misses:\n${misses.filter((_, i) => i % Math.ceil(misses.length / 12) === 0).join('\n')}`)
}

const llama = await getLlama({ gpu: false, maxThreads: 1, build: 'never' })
const model = await llama.loadModel({ modelPath: join(folder, 'grimoire-demo.gguf') })
const lora = voice === 'base' ? {} : { lora: join(folder, `${voice}.gguf`) }
const context = await model.createContext({ contextSize: 512, threads: 1, ...lora })
const sequence = context.getSequence()
const scores = new Map<string, Score>()
const misses: string[] = []
// A card's own opener is the base's feature; the voices bring theirs and were not trained on such cards.
for (const talk of talks.filter(t => voice === 'base' || !t.opener))
  await converse(sequence, talk, scores, misses)
report(scores, misses)
await llama.dispose()
