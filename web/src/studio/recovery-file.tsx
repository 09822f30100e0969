/** The recovery file: with it and its passphrase a key network that is lost is a new seal, and not the loss of the work. */
import { type FormEvent, useState } from 'react'
import { fileNameOf, saveFile } from '../device/save-file.ts'
import { useAttempt } from './attempt.tsx'
import { type Draft, type PublishedDraft, titleOfDraft } from './draft.ts'

function Passphrase({ lock }: { lock: (passphrase: string) => Promise<void> }) {
  const [passphrase, setPassphrase] = useState('')
  const [state, setState] = useState<'' | 'busy' | 'saved'>('')
  const { attempt, refusal } = useAttempt()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setState('busy')
    const isSaved = await attempt(() => lock(passphrase))
    if (isSaved) setPassphrase('')
    setState(isSaved ? 'saved' : '')
  }
  return (
    <>
      <form className="flex flex-wrap items-end gap-3" onSubmit={event => void save(event)}>
        <label className="min-w-0 grow">
          <span className="font-bold">Passphrase, at least 8 characters</span>
          <input
            type="password"
            className="field mt-1"
            autoComplete="new-password"
            minLength={8}
            required
            value={passphrase}
            onChange={event => setPassphrase(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={state === 'busy'}>
          {state === 'busy' ? 'Locking it…' : 'Save the file'}
        </button>
      </form>
      <p role="status" className="whisper mt-1">
        {state === 'saved' ? 'Saved.' : ''}
      </p>
      {refusal}
    </>
  )
}

export function RecoveryFile({ draft, published }: { draft: Draft; published: PublishedDraft }) {
  const lock = async (passphrase: string) => {
    const { readRecoveryFacts, writeRecovery } = await import('@grimoire/client/recovery-file')
    const text = await writeRecovery(readRecoveryFacts(published.recovery), passphrase)
    saveFile(`recovery-${fileNameOf(titleOfDraft(draft), 'draft')}.age`, 'text/plain', text)
  }
  return (
    <section aria-label="Recovery file" className="border-t border-line pt-5">
      <h2 className="rubric mb-3">Recovery file</h2>
      <p className="mb-4">
        If the keepers of the keys were ever lost, this file and its passphrase let you seal version{' '}
        {published.version} anew. Whoever has both can read the work: keep them apart.
      </p>
      <Passphrase lock={lock} />
    </section>
  )
}
