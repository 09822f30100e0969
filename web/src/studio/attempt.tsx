/** Something that may be refused: the last refusal is shown until it is tried again. */
import { type ReactNode, useState } from 'react'
import { Refusal } from '../design/states.tsx'

/** `attempt` answers whether it was not refused. */
export function useAttempt(): {
  attempt: (run: () => Promise<unknown>) => Promise<boolean>
  refusal: ReactNode
} {
  const [error, setError] = useState<unknown>(null)
  const attempt = async (run: () => Promise<unknown>) => {
    setError(null)
    try {
      await run()
      return true
    } catch (refused) {
      setError(refused)
      return false
    }
  }
  return { attempt, refusal: error !== null && <Refusal error={error} /> }
}
