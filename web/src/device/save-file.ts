/** A file of this page's making: it goes to this device's disk, and to nobody. */
export function saveFile(
  name: string,
  type: 'text/markdown' | 'text/csv' | 'text/plain' | 'application/json' | 'application/jsonl' | 'image/png',
  content: string | Uint8Array<ArrayBuffer>,
): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/** A title as the name of a file, or what it is called where nothing of it can stand there. */
export const fileNameOf = (title: string, otherwise: string): string =>
  title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-|-$/g, '') || otherwise
