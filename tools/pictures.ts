import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '../tests/support/browser.ts'
import { reviewPages } from './review-pages.ts'
import { terminalPages } from './terminal-pages.ts'

/** Writes the pictures of reviews and terminals in docs/images/, and beside each the page that it shows. `npx tsx tools/pictures.ts`. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const IMAGES = join(ROOT, 'docs/images')
const browser = await launchBrowser()
try {
  for (const [name, content] of Object.entries({
    ...reviewPages(),
    ...terminalPages([process.execPath, join(ROOT, 'bin/plumbline.mjs')]),
  })) {
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
