import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const source = new URL('../docs/contracts/secrets-vault.openapi.yaml', import.meta.url)
const target = new URL('../identity/platform/contract/generated/vault-schemas.ts', import.meta.url)

/** The text of the generated module: `components.schemas` of the Secrets Vault contract, so that a start reads no YAML. */
export async function vaultSchemasModule(): Promise<string> {
  const contract = parse(await readFile(source, 'utf8'), { merge: true })
  const json = JSON.stringify(contract.components.schemas, null, 1)
  return `// Made by tools/generate-vault-contract.ts from docs/contracts; do not edit.\nexport const SCHEMAS = ${json}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(fileURLToPath(target)), { recursive: true })
  await writeFile(target, await vaultSchemasModule())
}
