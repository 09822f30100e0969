/** What `grimoire-node status` shows of a running node. */
import { readFileSync } from 'node:fs'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { ChannelTotals } from '../journal-reader.ts'
import type { NodeParts } from '../parts.ts'
import { inTime } from './metrics.ts'
import type { Ready } from './readiness.ts'

export type NodeStatus = {
  url: string
  upSeconds: number
  ready: Ready
  engine: { build: string; gpu: string | false; contextTokens: number; memoryBytes: number | null }
  base: { name: string; sha256: string }
  memoryBytes: number
  turns: { running: number; waiting: number; answered: number; tokensPerSecond: number }
  works: { open: number; grants: number }
  money: Pick<ChannelTotals, 'unclaimedAtomic' | 'atRiskAtomic' | 'leavingAtomic' | 'uncoveredAtomic'> & {
    /** Charged for all turns that this node answered, before the works' terms divide it. */
    earnedAtomic: string
    /** What the ledger owes the operator's owner: theirs to withdraw. Null when the chain does not say. */
    owedAtomic: string | null
    gasWei: string | null
  }
}

/** Linux tells; elsewhere nobody knows. */
function residentBytes(pid: number | undefined): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}

const textOrNull = (read: Promise<bigint>): Promise<string | null> =>
  inTime(read.then(String)).catch(() => null)

export async function nodeStatus(parts: NodeParts, url: string): Promise<NodeStatus> {
  const { engine, ledger, metrics, readiness, works, grants, payer } = parts
  const { addresses, operator } = ledger.options
  const credit = ledger.client.readContract({
    address: addresses.works,
    abi: worksAbi,
    functionName: 'creditOf',
    args: [operator],
  })
  const [ready, owed, gasWei] = await Promise.all([
    readiness.now(),
    textOrNull(credit),
    textOrNull(ledger.client.getBalance({ address: payer.account.address })),
  ])
  const { build, gpu, contextTokens } = engine.facts
  const { unclaimedAtomic, atRiskAtomic, leavingAtomic, uncoveredAtomic } = parts.records.channels()
  const { earnedAtomic } = parts.records.totals()
  return {
    url,
    upSeconds: Math.floor((Date.now() - metrics.startedAtMs) / 1000),
    ready,
    engine: { build, gpu, contextTokens, memoryBytes: residentBytes(engine.pid) },
    base: parts.base,
    memoryBytes: process.memoryUsage().rss,
    turns: {
      running: engine.turnstile.busy,
      waiting: engine.turnstile.waiting,
      answered: metrics.answeredTurns,
      tokensPerSecond: metrics.tokensPerSecond(),
    },
    works: { open: works.size, grants: grants.versions().length },
    money: {
      ...{ earnedAtomic, unclaimedAtomic, atRiskAtomic, leavingAtomic, uncoveredAtomic },
      owedAtomic: owed,
      gasWei,
    },
  }
}
