/** From a whole draft to a work on the market: what is still missing, what will happen, each step, and the way on when one fails. */
import type { PauseSwitch } from '@grimoire/client/upload-blob'
import { SMALL_BLOB_BYTES } from '@grimoire/schema/upload'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type NamedStep, StepList } from '../deed/steps.tsx'
import { Again, Refusal } from '../design/states.tsx'
import { requireSession } from '../wallet/asking.ts'
import { money, plain, plural } from '../words/plain.ts'
import { useAttempt } from './attempt.tsx'
import { type Draft, titleOfDraft } from './draft.ts'
import { dropSealed } from './kept-drafts.ts'
import { markOf } from './listed-files.ts'
import type { MintProgress } from './minting.ts'
import { Proving } from './proving.tsx'
import { cardOf, lacks, termsOf } from './readiness.ts'
import { RecoveryFile } from './recovery-file.tsx'
import { StepLink } from './step-link.tsx'
import type { Editing } from './use-draft.ts'
import { VersionDiff } from './version-diff.tsx'

type Stage =
  | { is: 'review' }
  | { is: 'running'; progress: MintProgress }
  | { is: 'failed'; progress: MintProgress; error: unknown }
  | { is: 'done'; workId: string; version: number; shown: boolean }

function stepsFor({ sentBytes = 0, sizeBytes = 0, signing }: MintProgress): NamedStep[] {
  const part = sizeBytes > 0 ? ` ${Math.floor((100 * sentBytes) / sizeBytes)} %` : ''
  const uploading = signing
    ? 'Your wallet asks you to sign in, for large files.'
    : `Uploading the sealed files…${part}`
  return [
    { name: 'seal', doing: 'Sealing it on this device…', done: 'Sealed on this device' },
    { name: 'upload', doing: uploading, done: 'Sealed files uploaded' },
    { name: 'send', doing: 'Your wallet asks you to send one transaction.', done: 'Sent by your wallet' },
    { name: 'block', doing: 'Waiting for the block that holds it…', done: 'Written in a block' },
    { name: 'index', doing: 'Waiting until the market shows it…', done: 'Shown in the market' },
  ]
}

function useMint({ draft, change, keep }: Editing) {
  const [stage, setStage] = useState<Stage>({ is: 'review' })
  const [pausing, setPausing] = useState<PauseSwitch | null>(null)
  const queries = useQueryClient()
  const run = async () => {
    const session = await requireSession()
    if (!session) return
    let progress: MintProgress = { step: 'seal' }
    const tell = (next: MintProgress) => {
      progress = next
      setStage({ is: 'running', progress })
    }
    tell(progress)
    try {
      const [{ runMint }, { pauseSwitch }] = await Promise.all([
        import('./minting.ts'),
        import('@grimoire/client/upload-blob'),
      ])
      const pausing = pauseSwitch()
      setPausing(pausing)
      const keepPart = async (part: Partial<Draft>) => {
        change(part)
        await keep()
      }
      setStage({ is: 'done', ...(await runMint({ draft, session, pausing, tell, keep: keepPart })) })
    } catch (error) {
      setStage({ is: 'failed', progress, error })
    }
    await queries.invalidateQueries()
  }
  return { stage, run, pausing }
}

function Lacking({ draft }: { draft: Draft }) {
  const found = lacks(draft)
  if (found.length === 0) return null
  return (
    <div className="border-l-3 border-rubric pl-4">
      <p className="font-bold">Before it can be minted it needs:</p>
      <ul className="list-disc pl-5">
        {found.map(({ step, text }) => (
          <li key={text}>
            {plain(text)}{' '}
            <StepLink draftId={draft.id} step={step} className="text-rubric underline">
              Go there
            </StepLink>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Review({ draft }: { draft: Draft }) {
  const { published, adapter, knowledge } = draft
  const beside = [
    adapter && 'its adapter',
    knowledge.length > 0 && plural(knowledge.length, 'knowledge file'),
  ].filter(Boolean)
  const terms = termsOf(draft)
  if (published)
    return (
      <div className="space-y-5">
        <p>
          You publish version {published.version + 1} of <strong>{plain(titleOfDraft(draft))}</strong>. Every
          holder has it at once; earlier versions stay where they are.
        </p>
        <VersionDiff draft={draft} />
      </div>
    )
  return (
    <p className="max-w-2xl font-book text-xl">
      You mint <strong>{plain(titleOfDraft(draft))}</strong>
      {beside.length > 0 && ` with ${beside.join(' and ')}`}
      {terms && (
        <>
          : {plural(terms.editionCap, 'edition')} for {money(terms.priceAtomic)} each, {terms.disclosure}
        </>
      )}
      . Its terms then stand for good.
    </p>
  )
}

function Ahead({ editing: { draft, change } }: { editing: Editing }) {
  const { mint } = draft
  const sizes = [draft.adapter?.sizeBytes ?? 0, ...draft.knowledge.map(({ sizeBytes }) => sizeBytes)]
  const large = Math.max(...sizes) > SMALL_BLOB_BYTES
  const changed = mint && (mint.card !== cardOf(draft) || markOf(mint.knowledge) !== markOf(draft.knowledge))
  const { attempt, refusal } = useAttempt()
  const anew = () =>
    attempt(async () => {
      await dropSealed(draft)
      change({ mint: null })
    })
  return (
    <>
      {mint && (
        <div className="border-l-3 border-line pl-4">
          <p>
            It is sealed and waits on this device: it goes on from where it stopped.
            {changed && ' What you have changed since is not in it.'}
          </p>
          {mint.stage !== 'sent' && (
            <button type="button" className="button quiet -ml-2" onClick={() => void anew()}>
              Throw the sealed files away, and seal it as it is now
            </button>
          )}
          {refusal}
        </div>
      )}
      <p className="whisper max-w-2xl">
        {!mint && 'It is sealed on this device in a thread of its own; only sealed files leave it. '}
        Your wallet {large ? 'signs in once, for the large files,' : 'signs nothing'} and sends one
        transaction, whose network fee it shows you. If anything stops it, it goes on from there, also after a
        reload.
      </p>
    </>
  )
}

function Done({ stage, draft }: { stage: Extract<Stage, { is: 'done' }>; draft: Draft }) {
  const { workId, version, shown } = stage
  return (
    <div role="status" className="space-y-4">
      <h2 className="text-3xl">
        {version === 1 ? `${plain(titleOfDraft(draft))} is in the world.` : `Version ${version} is out.`}
      </h2>
      {!shown && <p>The chain has it; this market has not read so far yet.</p>}
      <p className="flex flex-wrap gap-3">
        <Link to="/works/$workId" params={{ workId }} className="button chief">
          See its page
        </Link>
        <Link to="/" className="button">
          To the market
        </Link>
      </p>
    </div>
  )
}

const MEGABYTE = 1_000_000

/** How far and how fast, with a switch that holds it before the next piece. */
function Uploading({ progress, pausing }: { progress: MintProgress; pausing: PauseSwitch }) {
  const { sentBytes = 0, sizeBytes = 1 } = progress
  const [held, setHeld] = useState(false)
  const [began] = useState(() => ({ atMs: performance.now(), sentBytes }))
  const seconds = (performance.now() - began.atMs) / 1000
  const speed = seconds > 0.5 ? (sentBytes - began.sentBytes) / MEGABYTE / seconds : 0
  const toggle = () => {
    if (held) pausing.resume()
    else pausing.pause()
    setHeld(!held)
  }
  return (
    <div className="flex flex-wrap items-center gap-3">
      <progress
        aria-label="Uploaded"
        className="h-3 grow accent-rubric"
        value={sentBytes}
        max={Math.max(sizeBytes, 1)}
      />
      <span className="whisper tabular-nums">
        {(sentBytes / MEGABYTE).toFixed(1)} of {(sizeBytes / MEGABYTE).toFixed(1)} MB
        {speed > 0 && `, ${speed.toFixed(1)} MB a second`}
      </span>
      <button type="button" className="button" onClick={toggle}>
        {held ? 'Go on' : 'Pause'}
      </button>
    </div>
  )
}

/** What a mint that stopped, or was never begun, is called on its button. */
function labelOf({ mint, published }: Draft): string {
  if (mint) return mint.version === 1 ? 'Go on with the mint' : 'Go on with the version'
  return published ? `Publish version ${published.version + 1}` : 'Seal and mint it'
}

function MintUnderWay(props: {
  stage: Extract<Stage, { is: 'running' | 'failed' }>
  run: () => Promise<void>
  pausing: PauseSwitch | null
}) {
  const { stage, run, pausing } = props
  const { progress } = stage
  return (
    <>
      <StepList steps={stepsFor(progress)} at={progress.step} />
      {stage.is === 'running' && progress.step === 'upload' && progress.sizeBytes && pausing && (
        <Uploading progress={progress} pausing={pausing} />
      )}
      {stage.is === 'failed' && (
        <Refusal error={stage.error}>
          <Again run={() => void run()} label="Go on from here" />
        </Refusal>
      )}
    </>
  )
}

export function PublishPanel({ editing }: { editing: Editing }) {
  const { draft } = editing
  const { stage, run, pausing } = useMint(editing)
  const whole = draft.mint !== null || lacks(draft).length === 0
  return (
    <div className="max-w-3xl space-y-6">
      {stage.is === 'review' && (
        <>
          <Review draft={draft} />
          {!draft.mint && <Lacking draft={draft} />}
          <Ahead editing={editing} />
          <button type="button" className="button chief" disabled={!whole} onClick={() => void run()}>
            {labelOf(draft)}
          </button>
        </>
      )}
      {(stage.is === 'running' || stage.is === 'failed') && <MintUnderWay {...{ stage, run, pausing }} />}
      {stage.is === 'done' && <Done stage={stage} draft={draft} />}
      {draft.published && stage.is !== 'running' && (
        <>
          <Proving draft={draft} published={draft.published} />
          <RecoveryFile draft={draft} published={draft.published} />
        </>
      )}
    </div>
  )
}
