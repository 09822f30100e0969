/** A draft as a file for other programs: Character Card V3 and V2, a picture with both in it, or a dotprompt. */
import { cardSource, cardSourceV2 } from '@grimoire/schema/card-import'
import { writeCardPng } from '@grimoire/schema/card-png'
import { fileNameOf, saveFile } from '../device/save-file.ts'
import { type Draft, titleOfDraft } from './draft.ts'

export type Way = 'v3' | 'v2' | 'png' | 'prompt'

/** A plain cover in the colours of the page, since a card of this kind needs a picture to lie in. */
async function pictureOf(title: string): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement('canvas')
  canvas.width = 400
  canvas.height = 600
  const brush = canvas.getContext('2d')
  if (brush) {
    brush.fillStyle = '#2b1d1b'
    brush.fillRect(0, 0, 400, 600)
    brush.strokeStyle = '#d9b36c'
    brush.strokeRect(18, 18, 364, 564)
    brush.fillStyle = '#d9b36c'
    brush.textAlign = 'center'
    brush.font = '34px "EB Garamond Variable", Georgia, serif'
    for (const [index, word] of title.split(/\s+/).slice(0, 8).entries())
      brush.fillText(word, 200, 130 + index * 44, 330)
  }
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'))
  return blob ? new Uint8Array(await blob.arrayBuffer()) : new Uint8Array()
}

export async function takeOut(draft: Draft, way: Way): Promise<void> {
  const { data } = draft
  const name = fileNameOf(titleOfDraft(draft), 'draft')
  if (way === 'prompt') return saveFile(`${name}.prompt`, 'text/plain', draft.source)
  if (way === 'v3') return saveFile(`${name}.json`, 'application/json', cardSource(data))
  if (way === 'v2') return saveFile(`${name}.v2.json`, 'application/json', cardSourceV2(data))
  const picture = await pictureOf(titleOfDraft(draft))
  const cards = { ccv3: cardSource(data), chara: cardSourceV2(data) }
  saveFile(`${name}.png`, 'image/png', writeCardPng(picture, cards))
}
