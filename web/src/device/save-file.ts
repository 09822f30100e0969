/** A file of this page's making: it goes to this device's disk, and to nobody. */
export function saveFile(name: string, type: 'text/markdown' | 'text/csv', text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
