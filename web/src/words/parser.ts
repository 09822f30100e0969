/** Tells the schema's parser, before it is loaded, that this page's policy forbids code made from text. */

declare global {
  /** Where zod keeps its settings, so that all its copies share them. */
  var __zod_globalConfig: { jitless?: boolean } | undefined
}

export {}

globalThis.__zod_globalConfig = { jitless: true }
