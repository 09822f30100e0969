/** Lit's logger, silenced: at its levels it prints or keeps shares and wallet signatures. */

/** Lit announces its own deprecations to whoever only uses it; depd reads this list as the packages load. */
const DEPRECATIONS =
  'lit-js-sdk:constants:errors,lit-js-sdk:constants:constants,lit-js-sdk:auth-recap:session-capability-object'

const nothing = (): void => {}
const quietLogger = {
  category: 'grimoire',
  info: nothing,
  debug: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  trace: nothing,
  timeStart: nothing,
  timeEnd: nothing,
  setLevel: nothing,
  setHandler: nothing,
}
const quietManager = {
  LoggerIds: [],
  get: () => quietLogger,
  getById: () => [],
  getLogsForId: () => [],
  withConfig: nothing,
  setLevel: nothing,
  setHandler: nothing,
  setLogFormat: nothing,
  setServiceName: nothing,
}

/** Before Lit's packages are loaded; where there is no process (a browser) depd prints nothing. */
export function silenceDeprecations(): void {
  const environment = globalThis.process?.env
  if (environment) environment.NO_DEPRECATION ??= DEPRECATIONS
}

/** Lit's packages all log through these two globals; whoever set them last, ours stand while we work. */
export function silenceLit(): void {
  Object.assign(globalThis, { logManager: quietManager, logger: quietLogger })
}

/** Runs what prints while it is called, and only then: nobody else's line can fall into the same synchronous call. */
export function withoutWarnings<T>(run: () => T): T {
  const { warn } = console
  console.warn = nothing
  try {
    return run()
  } finally {
    console.warn = warn
  }
}
