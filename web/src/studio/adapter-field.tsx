/** A LoRA adapter for a chatbot: its head is read here before anything is kept, and nothing of it is sent before it is sealed. */
import { checkAdapterHead, GGUF_HEAD_BYTES, readGgufHead } from '@grimoire/schema/gguf-header'
import { useState } from 'react'
import { Group } from '../design/field.tsx'
import { bytes, count, plain } from '../words/plain.ts'
import { useAttempt } from './attempt.tsx'
import type { Draft } from './draft.ts'
import { FileButton } from './file-button.tsx'
import { keepLarge } from './filing.ts'
import { deleteFile } from './kept-drafts.ts'
import type { Editing } from './use-draft.ts'

async function readAdapter(
  file: File,
  baseSha256: string | undefined,
): Promise<NonNullable<Draft['adapter']>> {
  const head = readGgufHead(new Uint8Array(await file.slice(0, GGUF_HEAD_BYTES).arrayBuffer()))
  checkAdapterHead(head, { sizeBytes: file.size, baseSha256 })
  const about = [
    `for ${head.architecture}`,
    `${count(head.tensors)} tensors`,
    head.baseName && `base ${head.baseName}`,
  ]
  return { name: file.name.slice(-120), sizeBytes: file.size, about: about.filter(Boolean).join(', ') }
}

function useAdapter({ draft, change }: Editing) {
  const [reading, setReading] = useState(false)
  const { attempt, refusal } = useAttempt()
  const choose = async (file: File) => {
    setReading(true)
    await attempt(async () => {
      const adapter = await readAdapter(file, draft.base?.sha256)
      await keepLarge(draft.id, 'adapter', file)
      change({ adapter })
    })
    setReading(false)
  }
  const remove = () =>
    attempt(async () => {
      await deleteFile(draft.id, 'adapter')
      change({ adapter: null })
    })
  return { reading, choose, remove, refusal }
}

export function AdapterField({ editing }: { editing: Editing }) {
  const { adapter } = editing.draft
  const { reading, choose, remove, refusal } = useAdapter(editing)
  return (
    <Group
      title="Adapter"
      about="A LoRA as GGUF gives it a voice of its own. Its head is checked here before anything is sent; it is sealed like the card."
    >
      {adapter && (
        <p>
          <strong>{plain(adapter.name)}</strong>, {bytes(adapter.sizeBytes)}{' '}
          <span className="text-faded">{plain(adapter.about)}</span>
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        <FileButton
          label={reading ? 'Reading…' : adapter ? 'Another adapter' : 'Choose an adapter'}
          accept=".gguf"
          take={file => void choose(file)}
        />
        {adapter && (
          <button type="button" className="button quiet" onClick={() => void remove()}>
            Take it away
          </button>
        )}
      </div>
      {refusal}
    </Group>
  )
}
