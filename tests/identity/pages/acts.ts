import type { Page } from 'playwright-core'

/** Says who signs in. */
export async function giveName(page: Page, username = 'jane'): Promise<void> {
  await page.getByLabel('User name').fill(username)
  await press(page, 'Continue')
}

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()

/** Presses the keys of the pad. */
export async function tapPin(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await press(page, digit)
}

/** Presses points of a grid. */
export async function tapPattern(page: Page, cells: readonly number[], side = 3): Promise<void> {
  for (const cell of cells)
    await page.getByRole('button', { name: `Row ${Math.floor(cell / side) + 1}, column ${(cell % side) + 1}` }).click()
}

/** Drags over the points of a grid. */
export async function draw(page: Page, cells: readonly number[], side = 3): Promise<void> {
  const box = await page.locator('.grid:visible').boundingBox()
  if (!box) throw new Error('no grid is visible')
  const size = box.width / side
  const middle = (cell: number) =>
    [box.x + ((cell % side) + 0.5) * size, box.y + (Math.floor(cell / side) + 0.5) * size] as const
  const [first = 0, ...others] = cells
  await page.mouse.move(...middle(first))
  await page.mouse.down()
  for (const cell of others) await page.mouse.move(...middle(cell), { steps: 4 })
  await page.mouse.up()
}
