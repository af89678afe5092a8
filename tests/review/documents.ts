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

const vendor = (name: string, system: string, fields: readonly string[]): Resource =>
  document('Connection', name, {
    system,
    endpoint: 'embedded',
    organizationRef: { name: 'acme' },
    credentials: Object.fromEntries(fields.map((field) => [field, env])),
  })

const AROUND: readonly Resource[] = [
  document('Connection', 'vault', { system: 'SecretsVault', endpoint: 'embedded' }),
  document('Organization', 'acme', { connectionRef: { name: 'vault' }, displayName: 'Acme' }),
  vendor('pigello', 'Pigello', ['customerId']),
  vendor('cim', 'OneWelcomeCim', ['username', 'password']),
  vendor('sailpoint', 'SailPoint', ['clientId', 'clientSecret']),
  vendor('navixy', 'Navixy', ['hash']),
]

const CONNECTION: Readonly<Record<string, string>> = {
  Tenant: 'vault',
  Client: 'vault',
  SecurityConfiguration: 'pigello',
  PasswordOrgConfig: 'sailpoint',
  MfaDefault: 'navixy',
  MfaAssignment: 'navixy',
}

/** Kind → spec, without the references: one organization, with the tenant `web` in it. */
export type Settings = Readonly<Record<string, Spec>>

/** The documents of a project with these settings. */
export function projectWith(settings: Settings): readonly Resource[] {
  const all: Settings = { Tenant: { displayName: 'Web', pin: { enabled: true } }, ...settings }
  const own = Object.entries(all).map(([kind, spec]) =>
    document(kind, kind === 'Tenant' ? 'web' : kind.toLowerCase(), {
      connectionRef: { name: CONNECTION[kind] ?? 'cim' },
      ...(kind === 'Tenant' ? { organizationRef: { name: 'acme' } } : {}),
      ...spec,
    }),
  )
  return [...AROUND, ...own]
}

/** The review of a change from one project to another. */
export function reviewOf(base: readonly Resource[], head: readonly Resource[]): EnvironmentReview {
  const [only] = review('main', [
    { base: { resources: base }, head: { resources: head, diagnostics: [] } },
  ]).environments
  return only as EnvironmentReview
}
