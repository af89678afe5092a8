import { stringify } from 'yaml'
import type { Kind } from '../kind.ts'
import { admissionPolicies } from './admission.ts'
import { crdOf } from './crd.ts'
import { editorBundle, editorSchemaOf, overlayBundle, projectEditorSchema } from './editor.ts'
import { commonPage, fileNameOf, indexPage, pageOf } from './reference.ts'

const YAML_HEADER = '# Written by `npm run generate`; change config/kinds/ instead.\n'

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const yaml = (value: unknown) => `${YAML_HEADER}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`

/** Every generated file: path from the root of the repository → text. */
export function generatedFiles(kinds: readonly Kind[]): ReadonlyMap<string, string> {
  return new Map([
    ...kinds.flatMap(filesOf),
    ['config/schema/plumbline.schema.json', json(editorBundle(kinds))],
    ['config/schema/overlay.schema.json', json(overlayBundle(kinds))],
    ['config/schema/project.schema.json', json(projectEditorSchema())],
    ...ADMISSION_FILES.map((path): [string, string] => [path, policiesOf(kinds)]),
    ['docs/reference/README.md', indexPage(kinds)],
    ['docs/reference/common-fields.md', commonPage(kinds)],
  ])
}

/** The chart and the kustomize component hold the same policies. */
const ADMISSION_FILES = [
  'config/deploy/components/admission-policy/policies.yaml',
  'controller/deploy/chart/files/admission-policies.yaml',
]

const policiesOf = (kinds: readonly Kind[]): string =>
  YAML_HEADER +
  admissionPolicies(kinds)
    .map((policy) => `---\n${stringify(policy, { lineWidth: 0 })}`)
    .join('')

function filesOf(kind: Kind): [string, string][] {
  const name = fileNameOf(kind)
  return [
    [`config/crds/${name}.yaml`, yaml(crdOf(kind))],
    [`config/schema/${name}.schema.json`, json(editorSchemaOf(kind))],
    [`docs/reference/${name}.md`, pageOf(kind)],
  ]
}
