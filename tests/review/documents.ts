import type { SystemName } from '../../config/kind.ts'
import { CREDENTIALS } from '../../config/kinds/connection.ts'
import type { Resource, Spec } from '../../config/resource.ts'
import type { EnvironmentReview } from '../../review/model.ts'
import { review } from '../../review/review.ts'

const apiVersion = 'plumbline.dev/v1alpha1'
const env = { fromEnv: 'X' }

export const document = (kind: string, name: string, spec: Spec): Resource => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
})

const vendor = (name: string, end: string, system: SystemName): Resource =>
  document('Connection', `${name}${end}`, {
    system,
    endpoint: 'embedded',
    organizationRef: { name: `acme${end}` },
    credentials: Object.fromEntries(CREDENTIALS[system].map((field) => [field, env])),
  })

const SERVICE = document('Connection', 'vault', { system: 'SecretsVault', endpoint: 'embedded' })

/** An organization and its systems. */
const around = (end: string): readonly Resource[] => [
  document('Organization', `acme${end}`, { connectionRef: { name: 'vault' }, displayName: 'Acme' }),
  vendor('pigello', end, 'Pigello'),
  vendor('cim', end, 'OneWelcomeCim'),
  vendor('sailpoint', end, 'SailPoint'),
  vendor('navixy', end, 'Navixy'),
]

const CONNECTION: Readonly<Record<string, string>> = {
  SecurityConfiguration: 'pigello',
  PasswordOrgConfig: 'sailpoint',
  MfaDefault: 'navixy',
  MfaAssignment: 'navixy',
}

/** Kind, or Kind/name → spec, without the references: one organization, with the tenant `web` in it. */
export type Settings = Readonly<Record<string, Spec>>

/** The documents of a project with these settings. */
export const projectWith = (settings: Settings): readonly Resource[] => [
  SERVICE,
  ...organizationWith('web', '', settings),
]

/** Many organizations in one project, each with a tenant of its name. */
export const projectOf = (all: Readonly<Record<string, Settings>>): readonly Resource[] => [
  SERVICE,
  ...Object.entries(all).flatMap(([name, settings]) => organizationWith(name, `-${name}`, settings)),
]

function organizationWith(tenant: string, end: string, settings: Settings): readonly Resource[] {
  const all: Settings = { Tenant: { displayName: 'Web', pin: { enabled: true } }, ...settings }
  const own = Object.entries(all).map(([place, spec]) => {
    const [kind = '', name = ''] = place.split('/')
    return document(kind, kind === 'Tenant' ? tenant : `${kind.toLowerCase()}${name}${end}`, {
      connectionRef: { name: kind === 'Tenant' || kind === 'Client' ? 'vault' : `${CONNECTION[kind] ?? 'cim'}${end}` },
      ...(kind === 'Tenant' ? { organizationRef: { name: `acme${end}` } } : {}),
      ...spec,
    })
  })
  return [...around(end), ...own]
}

/** The review of a change from one project to another. */
export function reviewOf(base: readonly Resource[], head: readonly Resource[]): EnvironmentReview {
  const [only] = review('main', [
    { base: { resources: base }, head: { resources: head, diagnostics: [] } },
  ]).environments
  return only as EnvironmentReview
}
