/** Lit's logger, silenced: at its levels it prints or keeps shares and wallet signatures. */

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

/** Lit's packages all log through these two globals; whoever set them last, ours stand while we work. */
export function silenceLit(): void {
  Object.assign(globalThis, { logManager: quietManager, logger: quietLogger })
}
