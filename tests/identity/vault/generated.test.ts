import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { vaultSchemasModule } from '../../../tools/generate-vault-contract.ts'

it('the generated schemas are those of the contract (else run tools/generate-vault-contract.ts)', async () => {
  const file = new URL('../../../identity/platform/contract/generated/vault-schemas.ts', import.meta.url)
  expect(await readFile(file, 'utf8')).toBe(await vaultSchemasModule())
})
