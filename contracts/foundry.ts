/** Where Foundry's programs are, straight from npm's platform packages: no install script has to have run. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

type Tool = 'anvil' | 'forge'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Path of the local development chain. */
export const anvilBinary = (): string => binaryOf('anvil')

/** Path of the Solidity build and test program. */
export const forgeBinary = (): string => binaryOf('forge')

function binaryOf(tool: Tool): string {
  const platform = `${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`
  const name = process.platform === 'win32' ? `${tool}.exe` : tool
  try {
    // The platform package is a dependency of the tool's package, so it is looked up from there.
    const owner = createRequire(import.meta.url).resolve(`@foundry-rs/${tool}/package.json`)
    const path = createRequire(owner).resolve(`@foundry-rs/${tool}-${platform}/bin/${name}`)
    if (existsSync(path)) return path
  } catch {
    // Said below, with what mends it.
  }
  throw new Error(
    `${tool} for ${platform} is not installed: npm brings it for linux, darwin (amd64, arm64) and win32 (amd64). ` +
      'Run "npm install" without --omit=optional.',
  )
}
