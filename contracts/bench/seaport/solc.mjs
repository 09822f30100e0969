#!/usr/bin/env node
// The compiler that Seaport is released with, driven as our own is.
process.env.GRIMOIRE_SOLC = 'solc-0.8.24'
process.env.GRIMOIRE_SOLC_ROOT = import.meta.dirname
await import('../../solc.mjs')
