import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { contractsModule } from '../../../tools/generate-contracts.ts'

it('the generated schemas are those of the contract files (else run tools/generate-contracts.ts)', async () => {
  const module = new URL('../../../identity/platform/contract/generated/contracts.ts', import.meta.url)
  expect(await readFile(module, 'utf8')).toBe(await contractsModule())
})
