import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files of the example acme; what others refer to comes first, so that a cut leaves no reference dangling. */
const FILES = ['connections', 'organization', 'tenant', 'pigello', 'sailpoint', 'navixy', 'cim']
const ACME = new URL('../examples/acme/documents/', import.meta.url)
const VENDORS = /\{name: (pigello|cim|sailpoint|navixy)\}/g
const ORGANIZATION_ID = '0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11'
const PROJECT = `apiVersion: plumbline.dev/v1alpha1
kind: Project
name: bench
paths: [documents]
`

/** Written out, so that programs without variables read the same files. */
const VARIABLES: Readonly<Record<string, string>> = { domain: 'bench.example', passwordAgeDays: '180' }
const VARIABLE = /\$\{(\w+)\}/g

/** A project of `count` documents in a temporary folder: the example acme again and again, under other names. */
export function mixedProject(count: number): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
  const texts = FILES.map((name) => readFileSync(new URL(`${name}.yaml`, ACME), 'utf8').replaceAll(VARIABLE, variable))
  const documents = texts.flatMap((text) => text.split(/^---$/m))
  for (let written = 0, set = 1; written < count; set += 1) {
    const some = documents.filter((text) => set === 1 || !isRuntime(text)).slice(0, count - written)
    mkdirSync(join(folder, 'documents', String(set)), { recursive: true })
    writeFileSync(join(folder, 'documents', String(set), 'all.yaml'), renamed(some.join('\n---\n'), set))
    written += some.length
  }
  writeFileSync(join(folder, 'plumbline.yaml'), PROJECT)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

const variable = (_: string, name: string): string => VARIABLES[name] ?? ''

/** All sets share the runtime itself. */
const isRuntime = (text: string): boolean => /^kind: Connection\nmetadata: \{name: runtime\}/m.test(text)

/** Names, tenants and organizations of their own for each set, so that no two documents claim one object. */
function renamed(text: string, set: number): string {
  const id = `${ORGANIZATION_ID.slice(0, -8)}${set.toString(16).padStart(8, '0')}`
  return text
    .replaceAll(ORGANIZATION_ID, id)
    .replaceAll(VENDORS, (_, name: string) => `{name: ${name}-${set}}`)
    .replaceAll('acme', `acme-${set}`)
}
