/** Reports of works, and what an edge's moderators did about them: hiding touches this edge's lists and nothing else. */
import { z } from 'zod'
import { address, seconds, workIdText } from './hex.ts'
import { plainText } from './plain-text.ts'

export const REPORT_MAX_BYTES = 8_192
export const REPORTS_PER_DAY = 20

export const REASONS = [
  'unlawful',
  'infringing',
  'harmful',
  'impersonation',
  'misleading',
  'spam',
  'other',
] as const
export type Reason = (typeof REASONS)[number]

export const newReport = z
  .object({ workId: workIdText, reason: z.enum(REASONS), text: plainText(1_000, { lines: true }) })
  .strict()
export type NewReport = z.infer<typeof newReport>

/** Seen by who wrote it and by the moderators. */
export const report = newReport.strip().extend({ reporter: address, reportedAtSeconds: seconds })
export type Report = z.infer<typeof report>

export const reportsPage = z.object({ reports: z.array(report), nextCursor: z.string().nullable() })
export type ReportsPage = z.infer<typeof reportsPage>

export const moderationAct = z
  .object({
    workId: workIdText,
    action: z.enum(['hide', 'show']),
    reason: z.enum(REASONS),
    /** Public, like the rest: why, in words. */
    note: plainText(600, { lines: true }),
  })
  .strict()
export type ModerationAct = z.infer<typeof moderationAct>

/** One line of the public log, which is only ever added to. */
export const moderationEntry = moderationAct.strip().extend({
  entry: z.number().int().min(1),
  moderator: address,
  atSeconds: seconds,
})
export type ModerationEntry = z.infer<typeof moderationEntry>
export const moderationPage = z.object({
  entries: z.array(moderationEntry),
  nextCursor: z.string().nullable(),
})
export type ModerationPage = z.infer<typeof moderationPage>

/** Why a work is in no list of this edge. */
export const hiddenWork = z.object({ reason: z.enum(REASONS), note: z.string(), hiddenAtSeconds: seconds })
export type HiddenWork = z.infer<typeof hiddenWork>
