import { mkdir, writeFile } from 'node:fs/promises'
import { SCENES, type Scene } from '../tests/identity/pages/scenes.ts'
import { openPagesWorld, type PagesWorld } from '../tests/identity/pages/world.ts'

/** Writes docs/images/pages/: each page as the running service shows it in Chromium. `npx tsx tools/screenshots.ts [name]`. */

const FOLDER = new URL('../docs/images/pages/', import.meta.url)
const SIZE = { width: 720, height: 620 }

async function shoot(world: PagesWorld, name: string, scene: Scene, dark: boolean): Promise<void> {
  const page = await world.page({ viewport: SIZE, colorScheme: dark ? 'dark' : 'light', timezoneId: 'UTC' })
  await scene(world, page)
  await page.evaluate('document.activeElement.blur()')
  const picture = await page.screenshot({ fullPage: true, animations: 'disabled' })
  await writeFile(new URL(`${name}${dark ? '-dark' : ''}.png`, FOLDER), picture)
  await page.context().close()
  console.log(`${name}${dark ? '-dark' : ''}: ${Math.ceil(picture.length / 1024)} kB`)
}

const DARK: ReadonlySet<string> = new Set(['sign-in', 'pattern'])
const [wanted] = process.argv.slice(2)
await mkdir(FOLDER, { recursive: true })
const { world, close } = await openPagesWorld()
try {
  for (const [name, scene] of Object.entries(SCENES).filter(([n]) => wanted === undefined || n === wanted)) {
    await shoot(world, name, scene, false)
    if (DARK.has(name)) await shoot(world, name, scene, true)
  }
} finally {
  await close()
}
