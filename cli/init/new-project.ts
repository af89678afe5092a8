import { randomBytes } from 'node:crypto'
import { API_VERSION } from '../../config/resource.ts'
import { document, documentsFile, type Files, overlayFile, projectFile, SECRETS_FILE, yaml } from './files.ts'

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

/**
 * A project with one organization, a tenant and an application, in the environments dev and production. It holds every rule of the
 * posture baseline: a second factor that is a passkey, checked passwords, and a step-up before an account changes.
 */
export const startFiles = (start: Start): Files =>
  new Map([
    ['plumbline.yaml', project(start)],
    ['documents/connection.yaml', connection(start)],
    [`documents/${start.organization}.yaml`, organization(start)],
    ['documents/application.yaml', application(start)],
    ['documents/sign-in.yaml', signIn(start)],
    [SECRETS_FILE, secrets()],
    [`overlays/production/${start.organization}.yaml`, productionOverlay(start)],
  ])

const ABOUT = '# One project, two environments. `plumbline plan` uses dev; `plumbline plan -e production` the other.\n'

const project = ({ name }: Start): string =>
  projectFile(
    name,
    {
      dev: { variables: { pinSize: 6 }, envFiles: [SECRETS_FILE] },
      production: { variables: { pinSize: 8 }, overlays: ['overlays/production'], envFiles: [SECRETS_FILE] },
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
    `${yaml(document('Organization', id, { connectionRef: { name: 'service' }, displayName, access: { cim: CIM_CREDENTIALS } }))}---\n${yaml(
      document('Tenant', `${id}-web`, {
        connectionRef: { name: 'service' },
        organizationRef: { name: id },
        displayName,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the project
        pin: { enabled: true, size: '${pinSize}' },
        passkeys: true,
        // It is taken at creation only.
        twoFactor: true,
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

/** Settings of an organization are its own system, with credentials of its own. */
const signIn = ({ organization: id, endpoint }: Start): string => {
  const cim = { connectionRef: { name: 'cim' } }
  return documentsFile(
    `# How people sign in: with a PIN and a passkey, which is also what a step-up asks for. Text passwords need a list of breached\n# ones: plumbline serve --breached-passwords.\n${[
      document('Connection', 'cim', {
        system: 'OneWelcomeCim',
        endpoint: endpoint === undefined ? 'embedded' : `${endpoint.replace(/\/+$/, '')}/orgs/${id}/cim`,
        organizationRef: { name: id },
        credentials: CIM_CREDENTIALS,
      }),
      document('CimFeatures', 'features', { ...cim, pinEnabled: true, mobileAuthenticationEnabled: true }),
      document('CimPasswordPolicy', 'passwords', { ...cim, minLength: 15, breachedPasswordBlocked: true }),
      document('CimStepUp', 'step-up', {
        ...cim,
        levels: { pin: 1, push: 2 },
        actions: { changeEmail: 2, changePassword: 2, setUpMethods: 2, allowInitialMethod: true },
      }),
    ]
      .map(yaml)
      .join('---\n')}`,
  )
}

const CIM_CREDENTIALS = { username: { fromEnv: 'CIM_USERNAME' }, password: { fromEnv: 'CIM_PASSWORD' } }
const SECRET_BYTES = 32

const secrets =
  (): string => `# Values for fromEnv, made by \`plumbline init\`. Git ignores this file: hand it to whoever applies.
CIM_USERNAME=plumbline
CIM_PASSWORD=${randomBytes(SECRET_BYTES).toString('base64url')}
`

const productionOverlay = ({ organization: id, displayName }: Start): string =>
  overlayFile(
    `# Merged over the document of the same kind and name in production.\n${yaml({
      apiVersion: API_VERSION,
      kind: 'Tenant',
      metadata: { name: `${id}-web` },
      spec: { displayName: `${displayName} (production)` },
    })}`,
  )
