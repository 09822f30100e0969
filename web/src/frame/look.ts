/** Light, dark or high contrast: as the system says, until its owner chooses here. */

export const LOOKS = ['system', 'light', 'dark', 'contrast'] as const
export type Look = (typeof LOOKS)[number]

const KEY = 'grimoire.look'

const isLook = (text: string | null): text is Look => LOOKS.some(look => look === text)

export function chosenLook(): Look {
  const kept = localStorage.getItem(KEY)
  return isLook(kept) ? kept : 'system'
}

export function applyLook(look: Look = chosenLook()): void {
  if (look === 'system') delete document.documentElement.dataset.look
  else document.documentElement.dataset.look = look
  localStorage.setItem(KEY, look)
}
