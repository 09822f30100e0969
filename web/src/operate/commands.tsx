/** What one types on the serving machine, each line copied by a button. */
import { useQuery } from '@tanstack/react-query'
import { Copy } from '../design/copy.tsx'
import { readPlace } from '../edge/place.ts'

type Command = { what: string; text: string; says?: string }

export function Commands({ commands }: { commands: readonly Command[] }) {
  return (
    <ol className="max-w-3xl divide-y divide-line border-y border-line">
      {commands.map(({ what, text, says }) => (
        <li key={text} className="py-3">
          <p className="font-bold">{what}</p>
          <p className="flex flex-wrap items-center justify-between gap-x-3">
            <code className="min-w-0 grow basis-64 font-mono text-[0.92rem] wrap-anywhere">{text}</code>
            <span>
              <Copy text={text} what={`the command: ${what}`} />
            </span>
          </p>
          {says && <p className="whisper mt-0.5">{says}</p>}
        </li>
      ))}
    </ol>
  )
}

const usePlace = () =>
  useQuery({ queryKey: ['place'], queryFn: readPlace, staleTime: Number.POSITIVE_INFINITY }).data?.edgeUrl

/** Before the registration: a configuration, two keys, a model. */
export function First({ owner }: { owner: string | null }) {
  const edge = usePlace() ?? location.origin
  const named = owner ? ` --operator ${owner}` : ''
  return (
    <Commands
      commands={[
        {
          what: 'A configuration and two encrypted keys',
          text: `npx grimoire-node init --edge ${edge}${named}`,
          says: 'It asks what it does not know, shows the chain and its contracts, and says both keys at its end.',
        },
        {
          what: 'A model',
          text: 'npx grimoire-node pull',
          says: 'Resumed where it broke off, checked and hashed. Works name the base that they were written for.',
        },
      ]}
    />
  )
}

/** After it: everything is looked at, then it serves. */
export function Then() {
  return (
    <Commands
      commands={[
        {
          what: 'A look at everything',
          text: 'npx grimoire-node doctor',
          says: 'Keys, chain, bond, fees, model, graphics card, sandbox and endpoint: each failure with its mend.',
        },
        {
          what: 'Serve',
          text: 'npx grimoire-node run',
          says: 'Until it is told to stop; what runs is finished first.',
        },
        {
          what: 'Turns, memory, earned, at risk',
          text: 'npx grimoire-node status --watch',
          says: '“why” instead of “status” says what was refused, and what others ask.',
        },
      ]}
    />
  )
}
