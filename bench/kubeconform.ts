import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crdOf } from '../config/generate/crd.ts'
import { isRecord } from '../config/json.ts'
import type { Kind } from '../config/kind.ts'
import { KINDS } from '../config/kinds/index.ts'
import { ensureTool } from '../engine/engine.ts'

/** The schemas of all kinds in a folder of their own, and the arguments by which kubeconform checks a folder of documents with them. */
export async function kubeconform() {
  const command = await ensureTool('kubeconform', { onProgress: (line) => process.stderr.write(`  ${line}\n`) })
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-schemas-'))
  for (const kind of KINDS) writeFileSync(join(folder, `${kind.name.toLowerCase()}.json`), schemaText(kind))
  const args = ['-strict', '-schema-location', `${folder}/{{ .ResourceKind }}.json`]
  return { command, args, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** What an API server checks, as plain JSON Schema, which knows no `nullable` and takes unknown fields unless told. */
function schemaText(kind: Kind): string {
  const { spec } = crdOf(kind) as { spec: { versions: { schema: { openAPIV3Schema: unknown } }[] } }
  return JSON.stringify(plain(spec.versions[0]?.schema.openAPIV3Schema))
}

function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain)
  if (!isRecord(schema)) return schema
  const { nullable, type, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, plain(value)]),
  )
  return {
    ...rest,
    ...(type === undefined ? {} : { type: nullable ? [type, 'null'] : type }),
    ...(rest.properties === undefined ? {} : { additionalProperties: false }),
  }
}
