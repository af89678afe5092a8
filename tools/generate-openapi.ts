import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** Where each contract is served, in the order of the document. The name sets the schemas of contracts apart. */
const CONTRACTS = [
  { name: 'vault', file: 'secrets-vault.openapi.yaml', mount: '' },
  { name: 'additions', file: 'secrets-vault-additions.openapi.yaml', mount: '' },
  { name: 'organizations', file: 'organizations.openapi.yaml', mount: '' },
  { name: 'pigello', file: 'pigello.openapi.yaml', mount: '/orgs/{organization}/pigello' },
  { name: 'cim', file: 'onewelcome-cim.openapi.yaml', mount: '/orgs/{organization}/cim' },
  { name: 'sailpoint', file: 'sailpoint.openapi.yaml', mount: '/orgs/{organization}/sailpoint' },
  { name: 'navixy', file: 'navixy.openapi.yaml', mount: '/orgs/{organization}/navixy' },
] as const

const root = new URL('../', import.meta.url)
const target = new URL('identity/api/openapi/generated/contracts.ts', root)

/** The text of the generated module: the contracts as they are, so that a process reads no YAML. */
export async function openapiModule(): Promise<string> {
  const contracts = CONTRACTS.map(async ({ name, file, mount }) => {
    const text = await readFile(new URL(`docs/contracts/${file}`, root), 'utf8')
    const { paths, components, security = [] } = parse(text, { merge: true })
    return { name, mount, paths, components, security }
  })
  // A text, since the type of the value would be as long as the value.
  const json = JSON.stringify(JSON.stringify(await Promise.all(contracts)))
  return `// Made by tools/generate-openapi.ts from docs/contracts; do not edit.\nexport const CONTRACTS_JSON =\n  ${json}\n`
}

/** Whether the generated module is that of the contract files. */
export const isFresh = async (): Promise<boolean> => (await readFile(target, 'utf8')) === (await openapiModule())

async function write(): Promise<void> {
  await mkdir(dirname(fileURLToPath(target)), { recursive: true })
  await writeFile(target, await openapiModule())
}

async function check(): Promise<void> {
  if (await isFresh()) return
  console.error('identity/api/openapi/generated/contracts.ts is stale; run npm run generate')
  process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await (process.argv.includes('--check') ? check() : write())
