import type { Page } from 'playwright-core'

/** Says who signs in. */
export async function giveName(page: Page, username = 'jane'): Promise<void> {
  await page.getByLabel('User name').fill(username)
  await press(page, 'Continue')
}

/** Waits until the cursor stands in a field, as who types into it does. */
export const cursorIn = (page: Page, name: string): Promise<void> =>
  page.getByLabel(name).and(page.locator(':focus')).waitFor()

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

/** Drags over the points of a grid with the mouse. */
export async function draw(page: Page, cells: readonly number[]): Promise<void> {
  const [first, ...others] = await middles(page, cells)
  await page.mouse.move(...(first ?? [0, 0]))
  await page.mouse.down()
  for (const middle of others) await page.mouse.move(...middle, { steps: 4 })
  await page.mouse.up()
}

/** Drags over the points of a grid with a finger. */
export async function swipe(page: Page, cells: readonly number[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly (readonly [number, number])[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) })
  const [first, ...others] = await middles(page, cells)
  await touch('touchStart', [first ?? [0, 0]])
  for (const middle of others) await touch('touchMove', [middle])
  await touch('touchEnd', [])
}

/** Where the middles of the points of a grid are. */
async function middles(
  page: Page,
  cells: readonly number[],
  side = 3,
): Promise<readonly (readonly [number, number])[]> {
  const grid = page.locator('.grid:visible')
  await grid.scrollIntoViewIfNeeded()
  const box = await grid.boundingBox()
  if (!box) throw new Error('no grid is visible')
  const size = box.width / side
  return cells.map((cell) => [box.x + ((cell % side) + 0.5) * size, box.y + (Math.floor(cell / side) + 0.5) * size])
}
