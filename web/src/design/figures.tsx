/** Sums at a glance: each figure in the book's type, and what it counts. */

export function Figures({ facts, className }: { facts: readonly [string, string][]; className: string }) {
  return (
    <dl className={`grid gap-y-4 ${className}`}>
      {facts.map(([name, value]) => (
        <div key={name} className="flex flex-col-reverse justify-end border-t border-line pt-2">
          <dt className="whisper">{name}</dt>
          <dd className="font-book text-3xl">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
