import axe from 'axe-core'
import type { Page } from 'playwright-core'

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong with a page as it is shown now. Evaluated from outside, so the page's policy stays in force. */
export async function faults(page: Page): Promise<readonly string[]> {
  const run = `axe.run({ runOnly: ${JSON.stringify(STANDARD)} })`
  const { violations } = (await page.evaluate(`${axe.source}; ${run}`)) as axe.AxeResults
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Whether something lies beside the screen. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > innerWidth')
