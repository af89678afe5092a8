import { API_VERSION } from '../../config/resource.ts'
import { document, documentsFile, type Files, overlayFile, projectFile, yaml } from './files.ts'

/** What a new project is about. */
export interface Start {
  /** Name of the project. */
  readonly name: string
  /** Id of the first organization: lower-case letters, digits and dashes. */
  readonly organization: string
  readonly displayName: string
  /** URL of a service that runs; absent: the embedded one. */
  readonly endpoint?: string
}

/** A project with one organization, a tenant and an application, in the environments dev and production. */
export const startFiles = (start: Start): Files =>
  new Map([
    ['plumbline.yaml', project(start)],
    ['documents/connection.yaml', connection(start)],
    [`documents/${start.organization}.yaml`, organization(start)],
    ['documents/application.yaml', application(start)],
    [`overlays/production/${start.organization}.yaml`, productionOverlay(start)],
  ])

const ABOUT = '# One project, two environments. `plumbline plan` uses dev; `plumbline plan -e production` the other.\n'

const project = ({ name }: Start): string =>
  projectFile(
    name,
    {
      dev: { variables: { pinSize: 4 } },
      production: { variables: { pinSize: 6 }, overlays: ['overlays/production'] },
    },
    ABOUT,
  )

const service = (spec: Readonly<Record<string, unknown>>): string =>
  yaml(document('Connection', 'service', { system: 'SecretsVault', ...spec }))

/** The service in the process of the command line has a data folder of its own in each environment. */
const connection = ({ endpoint }: Start): string =>
  documentsFile(
    endpoint === undefined
      ? `# The embedded identity service. Point \`endpoint\` at its URL, and name its key in \`credentials\`, when it runs elsewhere.\n${service({ endpoint: 'embedded' })}`
      : `# The service takes this key at its first start: PLUMBLINE_ADMIN_KEY=$(plumbline admin-key create)\n${service({ endpoint, credentials: { apiKey: { fromEnv: 'PLUMBLINE_ADMIN_KEY' } } })}`,
  )

const organization = ({ organization: id, displayName }: Start): string =>
  documentsFile(
    `${yaml(document('Organization', id, { connectionRef: { name: 'service' }, displayName }))}---\n${yaml(
      document('Tenant', `${id}-web`, {
        connectionRef: { name: 'service' },
        organizationRef: { name: id },
        displayName,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the project
        pin: { enabled: true, size: '${pinSize}' },
      }),
    )}`,
  )

/** Any port of the own machine (RFC 8252, section 7.3), which suits a first try. RS256: every library verifies it, and EdDSA, the default, some cannot. */
const application = ({ organization: id, displayName }: Start): string =>
  documentsFile(
    `# A first application. It is public: it has no secret and proves itself with PKCE.\n${yaml(
      document('Client', `${id}-app`, {
        connectionRef: { name: 'service' },
        tenantRef: { name: `${id}-web` },
        displayName,
        type: 'Public',
        signingAlg: 'RS256',
        redirectUris: ['http://localhost/callback'],
      }),
    )}`,
  )

const productionOverlay = ({ organization: id, displayName }: Start): string =>
  overlayFile(
    `# Merged over the document of the same kind and name in production.\n${yaml({
      apiVersion: API_VERSION,
      kind: 'Tenant',
      metadata: { name: `${id}-web` },
      spec: { displayName: `${displayName} (production)` },
    })}`,
  )
