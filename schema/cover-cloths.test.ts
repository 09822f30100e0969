/** A title is legible on every cloth that a work may be bound in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CLOTHS } from './cover-cloths.ts'

/** Relative luminance, by WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('each foil has a contrast of 7 : 1 or more with its cloth', () => {
  for (const [cloth, foil] of CLOTHS) {
    const [dark = 0, light = 0] = [luminance(cloth), luminance(foil)].sort((a, b) => a - b)
    const contrast = (light + 0.05) / (dark + 0.05)
    assert.ok(contrast >= 7, `${foil} on ${cloth}: ${contrast.toFixed(1)}`)
  }
})
