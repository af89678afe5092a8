import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { terminalPages } from '../../tools/terminal-pages.ts'
import { COMMAND } from '../command.ts'

/** Made anew by `npx tsx tools/pictures.ts`. */
describe('the pictures of a terminal in the documentation', () => {
  it('show what the commands say today', async () => {
    const pages = terminalPages([process.execPath, ...COMMAND])
    for (const [name, page] of Object.entries(pages)) {
      expect(page).toBe(await readFile(`docs/images/${name}.html`, 'utf8'))
      expect((await readFile(`docs/images/${name}.png`)).subarray(1, 4).toString()).toBe('PNG')
    }
  })
})
