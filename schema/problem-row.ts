/** One row of the error table. */

export type Row = { status: number; retry: boolean; title: string; mend: string }

export const row = (status: number, title: string, mend: string, retry = false): Row => ({
  status,
  retry,
  title,
  mend,
})
