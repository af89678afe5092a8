import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** Contract name → file under docs/contracts. */
const CONTRACTS = {
  organizations: 'organizations.openapi.yaml',
  pigello: 'pigello.openapi.yaml',
  cim: 'onewelcome-cim.openapi.yaml',
  sailpoint: 'sailpoint.openapi.yaml',
  navixy: 'navixy.openapi.yaml',
} as const

const root = new URL('../', import.meta.url)
const target = new URL('identity/platform/contract/generated/contracts.ts', root)
/** Keywords that say nothing about validity. */
const PROSE: ReadonlySet<string> = new Set([
  'description',
  'example',
  'examples',
  'discriminator',
  'x-basis',
  'x-basis-note',
])

/** The text of the generated module: per contract its `components.schemas`, referring to each other by `$defs`. */
export async function contractsModule(): Promise<string> {
  const entries = await Promise.all(
    Object.entries(CONTRACTS).map(async ([name, file]) => {
      const contract = parse(await readFile(new URL(`docs/contracts/${file}`, root), 'utf8'))
      return [name, strip(contract.components.schemas)]
    }),
  )
  const json = JSON.stringify(Object.fromEntries(entries), null, 1)
  return `// Made by tools/generate-contracts.ts from docs/contracts; do not edit.\nexport const CONTRACTS = ${json} as const\n`
}

/** Drops prose and points references at `$defs`. Inside `properties` and the like, keys are names, not keywords. */
function strip(value: unknown, names = true): unknown {
  if (Array.isArray(value)) return value.map((v) => strip(v, false))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => names || !PROSE.has(key))
  return Object.fromEntries(
    kept.map(([key, v]) =>
      key === '$ref'
        ? [key, String(v).replace('#/components/schemas/', '#/$defs/')]
        : [key, strip(v, !names && key === 'properties')],
    ),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(fileURLToPath(target)), { recursive: true })
  await writeFile(target, await contractsModule())
}
