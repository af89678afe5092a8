import { stringify } from 'yaml'
import { editorBundle, overlayBundle, projectEditorSchema } from '../../config/generate/editor.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { API_VERSION } from '../../config/resource.ts'
import packageFile from '../../package.json' with { type: 'json' }

/** Holds the values of `fromEnv`; git ignores it, and only its owner may read it. */
export const SECRETS_FILE = 'secrets.env'

/** Files of a new project, by path relative to its folder. */
export type Files = ReadonlyMap<string, string>

/** Editors that know the YAML language server complete and check a file by its first line. */
const editorLine = (schema: string): string => `# yaml-language-server: $schema=${schema}\n`

/** A file of `documents/`. */
export const documentsFile = (text: string): string => `${editorLine('../schema/plumbline.schema.json')}${text}`

/** A file of `overlays/<environment>/`. */
export const overlayFile = (text: string): string => `${editorLine('../../schema/overlay.schema.json')}${text}`

export const document = (kind: string, name: string, spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
})

export const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 })

/** plumbline.yaml; the first environment is the default one. */
export const projectFile = (name: string, environments: Readonly<Record<string, object>>, about = ''): string =>
  `${editorLine('schema/project.schema.json')}${about}${yaml({
    apiVersion: API_VERSION,
    kind: 'Project',
    name,
    paths: ['documents'],
    defaultEnvironment: Object.keys(environments)[0],
    environments,
    guards: { maxDeleteShare: 0.2 },
  })}`

const IGNORED = `node_modules/
# What Plumbline remembers of each environment, and the data of the embedded service: secrets lie in it.
.plumbline/
# Values for fromEnv and fromFile.
*.env
secrets/
`

const WORKFLOW = `# Checks every environment of the project in each pull request. No secret is opened and nothing is sent.
name: Plumbline
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  validate:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npx --yes @plumbline-dev/cli@~${packageFile.version} validate
`

/** An installed program lies below Pulumi.yaml, as the engine wants it. */
const pulumiFile = (name: string): string =>
  `# First: npm install @plumbline-dev/pulumi\n${yaml({
    name,
    description: 'Identity configuration, kept as its documents say.',
    runtime: { name: 'nodejs', options: { typescript: false } },
    main: 'node_modules/@plumbline-dev/pulumi/index.mjs',
    stackConfigDir: '.plumbline/stacks',
  })}`

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** What every project has besides its documents; with `pulumi` what `pulumi up` wants, too. */
export const commonFiles = (name: string, { pulumi }: { readonly pulumi?: true }): Files =>
  new Map([
    ['.gitignore', IGNORED],
    ['.github/workflows/plumbline.yml', WORKFLOW],
    ['schema/plumbline.schema.json', json(editorBundle(KINDS))],
    ['schema/overlay.schema.json', json(overlayBundle(KINDS))],
    ['schema/project.schema.json', json(projectEditorSchema())],
    ...(pulumi ? [['Pulumi.yaml', pulumiFile(name)] as const] : []),
  ])
