import { stringify } from 'yaml'
import { editorBundle } from '../../config/generate/editor.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { API_VERSION } from '../../config/resource.ts'

/** What a new project is about. */
export interface Start {
  /** Name of the project. */
  readonly name: string
  /** Id of the first organization: lower-case letters, digits and dashes. */
  readonly organization: string
  readonly displayName: string
}

const SCHEMA = 'schema/plumbline.schema.json'

/** Editors that know the YAML language server complete and check by this line. */
const editorLine = (path: string): string => `# yaml-language-server: $schema=${path}\n`

const document = (kind: string, name: string, spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
})

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 })

const projectFile = ({ name }: Start): string =>
  `# One project, two environments. \`plumbline plan\` uses dev; \`plumbline plan -e production\` the other.\n${yaml({
    apiVersion: API_VERSION,
    kind: 'Project',
    name,
    paths: ['documents'],
    defaultEnvironment: 'dev',
    environments: {
      dev: { variables: { pinSize: 4 } },
      production: { variables: { pinSize: 6 }, overlays: ['overlays/production'] },
    },
    guards: { maxDeleteShare: 0.2 },
  })}`

/** The service in the process of the command line: each environment has a data folder of its own. */
const connection = (): string =>
  `${editorLine(`../${SCHEMA}`)}# The embedded identity service. Point \`endpoint\` at its URL, and name its key in \`credentials\`, when it runs elsewhere.\n${yaml(
    document('Connection', 'service', { system: 'SecretsVault', endpoint: 'embedded' }),
  )}`

const organization = ({ organization: id, displayName }: Start): string =>
  `${editorLine(`../${SCHEMA}`)}${yaml(
    document('Organization', id, { connectionRef: { name: 'service' }, displayName }),
  )}---\n${yaml(
    document('Tenant', `${id}-web`, {
      connectionRef: { name: 'service' },
      organizationRef: { name: id },
      displayName,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the project
      pin: { enabled: true, size: '${pinSize}' },
    }),
  )}`

/** Any port of the own machine (RFC 8252, section 7.3), which suits a first try. RS256: every library verifies it, and EdDSA, the default, some cannot. */
const application = ({ organization: id, displayName }: Start): string =>
  `${editorLine(`../${SCHEMA}`)}# A first application. It is public: it has no secret and proves itself with PKCE.\n${yaml(
    document('Client', `${id}-app`, {
      connectionRef: { name: 'service' },
      tenantRef: { name: `${id}-web` },
      displayName,
      type: 'Public',
      signingAlg: 'RS256',
      redirectUris: ['http://localhost/callback'],
    }),
  )}`

const productionOverlay = ({ organization: id, displayName }: Start): string =>
  `# Merged over the document of the same kind and name in production.\n${yaml({
    apiVersion: API_VERSION,
    kind: 'Tenant',
    metadata: { name: `${id}-web` },
    spec: { displayName: `${displayName} (production)` },
  })}`

/** The folder of an installed program is below that of Pulumi.yaml, as the engine wants it. */
const pulumiFile = ({ name }: Start): string =>
  `# First: npm install @plumbline-dev/pulumi\n${yaml({
    name,
    description: 'Identity configuration, kept as its documents say.',
    runtime: { name: 'nodejs', options: { typescript: false } },
    main: 'node_modules/@plumbline-dev/pulumi/index.mjs',
    stackConfigDir: '.plumbline/stacks',
  })}`

/** What `pulumi up` wants besides, by path relative to the folder of the project. */
export const pulumiFiles = (start: Start): ReadonlyMap<string, string> => new Map([['Pulumi.yaml', pulumiFile(start)]])

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
      - run: npx --yes --package @plumbline-dev/cli plumbline validate
`

/** The files of a new project, by path relative to its folder. */
export const filesOf = (start: Start): ReadonlyMap<string, string> =>
  new Map([
    ['plumbline.yaml', projectFile(start)],
    ['documents/connection.yaml', connection()],
    [`documents/${start.organization}.yaml`, organization(start)],
    ['documents/application.yaml', application(start)],
    [`overlays/production/${start.organization}.yaml`, productionOverlay(start)],
    ['.gitignore', IGNORED],
    ['.github/workflows/plumbline.yml', WORKFLOW],
    [SCHEMA, `${JSON.stringify(editorBundle(KINDS), undefined, 2)}\n`],
  ])
