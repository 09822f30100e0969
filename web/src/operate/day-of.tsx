/** A day of probes as a strip of half hours; what it shows stands in words and figures beside it. */
import type { HealthSample } from '@grimoire/schema/directory'
import { isDown } from './seen.ts'

const HALF_HOURS = 48
const SLOT_SECONDS = 1_800

type Slot = { key: number; asked: number; up: number }

/** The last slot ends with the newest probe. */
function slotsOf(samples: readonly HealthSample[]): Slot[] {
  const newest = samples[0]?.atSeconds ?? 0
  const slots = Array.from({ length: HALF_HOURS }, (_, key) => ({ key, asked: 0, up: 0 }))
  for (const sample of samples) {
    const slot = slots[HALF_HOURS - 1 - Math.floor((newest - sample.atSeconds) / SLOT_SECONDS)]
    if (!slot) continue
    slot.asked += 1
    if (!isDown(sample)) slot.up += 1
  }
  return slots
}

const lookOf = ({ asked, up }: Slot): string => {
  if (asked === 0) return 'h-1 bg-line'
  if (up === asked) return 'h-8 bg-ink'
  return up === 0 ? 'h-8 border-2 border-rubric' : 'h-8 border-2 border-rubric bg-edge'
}

export function DayOf({ samples }: { samples: readonly HealthSample[] }) {
  return (
    <figure className="mt-5" aria-hidden="true">
      <div className="flex h-8 items-end gap-px sm:gap-0.5">
        {slotsOf(samples).map(slot => (
          <span key={slot.key} className={`min-w-0 grow ${lookOf(slot)}`} />
        ))}
      </div>
      <figcaption className="whisper mt-1">
        <span className="flex justify-between gap-x-4">
          <span>a day ago</span>
          <span>now</span>
        </span>
        By half hours. Filled: up; framed: down; a line: not asked.
      </figcaption>
    </figure>
  )
}
