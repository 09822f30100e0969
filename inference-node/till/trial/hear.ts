/** Hears what a process that takes vouchers says: whole lines only, since what a death cut off was not said. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Acknowledged } from './books.ts'

export const WRITER = join(import.meta.dirname, 'writer.ts')

export type Life = { acknowledged: number; failed: number; first: Promise<void> }

export function hear(child: ChildProcess, heard: Acknowledged): Life {
  let rest = ''
  let begin = () => {}
  const first = new Promise<void>(resolve => {
    begin = resolve
  })
  const life = { acknowledged: 0, failed: 0, first }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [kind, channel, sum] = line.split(' ')
      if (kind === 'a' && sum !== undefined) {
        heard.set(Number(channel), BigInt(sum))
        life.acknowledged++
      } else life.failed++
    }
    begin()
  })
  child.once('close', begin)
  return life
}
