import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { faults, overflows } from './axe.ts'
import { SCENES } from './scenes.ts'
import { openPagesWorld, type PagesWorld } from './world.ts'

/** The narrowest screen of WCAG 1.4.10. */
const NARROW = { width: 320, height: 640 }

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
    found.overflow = await overflows(page)
    expect(found).toEqual({ policy: [], light: [], dark: [], overflow: false })
    await page.context().close()
  })

  // German words are the longest of the built-in languages.
  it.each(['sign-in', 'account', 'sign-up', 'extra-form', 'reset'] as const)('%s in German, narrow', async (name) => {
    const options = { viewport: NARROW, reducedMotion: 'reduce' } as const
    const english = await world.page(options)
    await SCENES[name]?.(world, english)
    const storageState = await english.context().storageState()
    const page = await world.page({ ...options, storageState, locale: 'de-CH' })
    await page.goto(english.url())
    expect(await page.getAttribute('html', 'lang')).toBe('de')
    expect({ faults: await faults(page), overflow: await overflows(page) }).toEqual({ faults: [], overflow: false })
    await Promise.all([english, page].map((p) => p.context().close()))
  })
})
