import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '../tests/support/browser.ts'
import { reviewPages } from './review-pages.ts'

/** Writes the pictures of reviews in docs/images/, and beside each the page that it shows. `npx tsx tools/review-pictures.ts`. */

const IMAGES = fileURLToPath(new URL('../docs/images/', import.meta.url))

const browser = await launchBrowser()
try {
  for (const [name, content] of Object.entries(reviewPages())) {
    const shown = await browser.newPage({ viewport: { width: 900, height: 400 } })
    await shown.setContent(content)
    const size = await shown.evaluate<number>('document.body.scrollHeight')
    const clip = { x: 0, y: 0, width: 900, height: Math.min(size + 16, 1400) }
    const picture = await shown.screenshot({ fullPage: true, clip })
    writeFileSync(join(IMAGES, `${name}.png`), picture)
    writeFileSync(join(IMAGES, `${name}.html`), content)
    console.log(`docs/images/${name}.png: ${Math.ceil(picture.length / 1024)} kB`)
  }
} finally {
  await browser.close()
}
