import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { SCENES } from './scenes.ts'
import { openPagesWorld, type PagesWorld } from './world.ts'

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The narrowest screen of WCAG 1.4.10. */
const NARROW = { width: 320, height: 640 }

/** What axe finds wrong with a page as it is shown now. Evaluated from outside, so the page's policy stays in force. */
async function faults(page: Page): Promise<readonly string[]> {
  const run = `axe.run({ runOnly: ${JSON.stringify(STANDARD)} })`
  const { violations } = (await page.evaluate(`${axe.source}; ${run}`)) as axe.AxeResults
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe.skipIf(LACKS_BROWSER)(`the accessibility of every page${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
  })
  afterAll(() => close?.())

  it.each(Object.entries(SCENES))('%s', async (_name, scene) => {
    const page = await world.page({ viewport: NARROW, reducedMotion: 'reduce' })
    const errors: string[] = []
    page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()))
    await scene(world, page)
    const found: Record<string, unknown> = { policy: errors }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      found[colorScheme] = await faults(page)
    }
    found.overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    expect(found).toEqual({ policy: [], light: [], dark: [], overflow: false })
    await page.context().close()
  })
})
