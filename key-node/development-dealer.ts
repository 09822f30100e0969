/** DEVELOPMENT ONLY: deals a network's shares on one machine, which for a moment holds the whole key. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Problem } from '@grimoire/schema/problem'
import { evaluate, publicKeyOf, randomScalar } from './bls.ts'
import { PASSPHRASE_VARIABLE } from './config.ts'
import { exitWithSentence } from './exit.ts'
import { type ShareHeader, writeShareFile } from './share.ts'

export const DEALER_NOTICE =
  'DEVELOPMENT ONLY: one machine held the whole key when these shares were dealt; a real network makes them without a dealer.'

export type DealtShare = { about: ShareHeader; secret: bigint }
export type Deal = { notice: string; networkKey: string; coefficients: bigint[]; shares: DealtShare[] }

/** Any `threshold` of `total` shares open what is sealed to `networkKey`; fewer learn nothing. */
export function dealForDevelopment(
  options: { threshold: number; total: number; epoch?: number },
  constantTerm = randomScalar(),
): Deal {
  const { threshold, total, epoch = 1 } = options
  if (!(threshold >= 1 && threshold <= total && total <= 255))
    throw new Problem('config_invalid', {
      got: `${threshold} of ${total}`,
      expected: '1 <= threshold <= nodes <= 255',
    })
  const coefficients = [constantTerm, ...Array.from({ length: threshold - 1 }, () => randomScalar())]
  const networkKey = publicKeyOf(constantTerm)
  const shares = Array.from({ length: total }, (_, position) => {
    const index = position + 1
    const secret = evaluate(coefficients, index)
    return {
      secret,
      about: { index, total, threshold, epoch, networkKey, verificationKey: publicKeyOf(secret) },
    }
  })
  return { notice: DEALER_NOTICE, networkKey, coefficients, shares }
}

export const shareFileName = (index: number, epoch: number): string =>
  `development-share-${index}-epoch-${epoch}.json`

/** Writes one encrypted file per node and returns their paths, in the order of the registry. */
export function writeDeal(deal: Deal, folder: string, passphrase: string): string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return deal.shares.map(({ about, secret }) => {
    const path = join(folder, shareFileName(about.index, about.epoch))
    writeShareFile(path, about, secret, passphrase)
    return path
  })
}

function main(): void {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '3' },
      threshold: { type: 'string', default: '2' },
      out: { type: 'string' },
    },
  })
  const passphrase = process.env[PASSPHRASE_VARIABLE]
  if (!values.out)
    throw new Problem('config_invalid', {
      param: '--out',
      expected: '--out FOLDER [--nodes 3] [--threshold 2]',
    })
  if (!passphrase)
    throw new Problem('config_invalid', {
      detail: `${PASSPHRASE_VARIABLE} is not set.`,
      expected: 'a passphrase for the share files',
    })
  const deal = dealForDevelopment({ threshold: Number(values.threshold), total: Number(values.nodes) })
  const files = writeDeal(deal, values.out, passphrase)
  const keys = deal.shares.map(({ about }) => about.verificationKey)
  console.log(
    JSON.stringify(
      { notice: deal.notice, networkKey: deal.networkKey, verificationKeys: keys, files },
      null,
      2,
    ),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main()
  } catch (error) {
    exitWithSentence(error)
  }
}
