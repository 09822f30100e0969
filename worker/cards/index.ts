/** The card drawer: a Worker of its own, so that its fonts and its drawing library weigh nothing in the edge. It keeps nothing. */
import alegreyaSans from '@expo-google-fonts/alegreya-sans/500Medium/AlegreyaSans_500Medium.ttf'
import ebGaramond from '@expo-google-fonts/eb-garamond/500Medium/EBGaramond_500Medium.ttf'
import notoEmoji from '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf'
import notoArabic from '@expo-google-fonts/noto-sans-arabic/500Medium/NotoSansArabic_500Medium.ttf'
import notoHebrew from '@expo-google-fonts/noto-sans-hebrew/500Medium/NotoSansHebrew_500Medium.ttf'
import { cardOrder } from '@grimoire/schema/card-order'
import { Problem, problemResponse } from '@grimoire/schema/problem'
import { initWasm } from '@resvg/resvg-wasm'
import resvg from '@resvg/resvg-wasm/index_bg.wasm'
import { drawCard } from './draw.ts'

const FONTS = [ebGaramond, alegreyaSans, notoArabic, notoHebrew, notoEmoji].map(data => new Uint8Array(data))

let ready: Promise<void> | null = null

/** @public workerd looks for it under this name, and calls it only over the edge's binding: this Worker has no address of its own. */
export default {
  async fetch(request) {
    const order = cardOrder.safeParse(await request.json().catch(() => null))
    if (!order.success) {
      const [issue] = order.error.issues
      return problemResponse(
        new Problem('request_invalid', { param: issue?.path.join('.') ?? '', detail: `${issue?.message}.` }),
      )
    }
    ready ??= initWasm(resvg)
    await ready
    return new Response(drawCard(order.data, FONTS), { headers: { 'content-type': 'image/png' } })
  },
} satisfies ExportedHandler
