import { kindOf } from '../config/kinds/index.ts'
import { withoutSecrets } from '../config/merged-spec.ts'
import { connectionOf, foldedKey, type Index, keyOf, referencedKey, tenantOf } from '../config/references.ts'
import { placedAddressOf, type Resource } from '../config/resource.ts'
import { POLICY_KINDS } from '../identity/policy/inputs.ts'
import type { ProposedDocument } from '../identity/policy/proposed.ts'

/** Part of the bodies of proposeLoginPolicy and findLoginImpact (docs/contracts/secrets-vault-additions.openapi.yaml). */
export interface LoginProposal {
  readonly organization_id?: string
  readonly documents: readonly ProposedDocument[]
}

/** The login that was asked about. */
export interface AskedLogin {
  readonly tenant_id: string
  readonly organization_id: string | null
  readonly client_id: string | null
  readonly username: string | null
}

/** Kinds of which the policy names the one object that it is about. */
const NAMED: Readonly<Record<string, 'tenant_id' | 'client_id' | 'username'>> = {
  Tenant: 'tenant_id',
  Client: 'client_id',
  User: 'username',
}

/** Whether it is the tenant, the client or the user of a login; `undefined` for documents of other kinds. */
export function isOfLogin(document: Resource, asked: AskedLogin, index: Index): boolean | undefined {
  const name = NAMED[document.kind]
  const kind = kindOf(document.kind)
  if (name === undefined || kind === undefined) return undefined
  const tenant = document.kind === 'Tenant' ? undefined : tenantOf(document, index)
  const isSame = foldedKey(kind, keyOf(document)) === foldedKey(kind, asked[name] ?? '')
  return isSame && (tenant === undefined || tenant === asked.tenant_id)
}

/** What is known of documents besides what they say. */
export interface Known {
  readonly index: Index
  /** What was applied, by address. */
  readonly entries: ReadonlyMap<string, { readonly id?: string }>
}

/** What documents say about one login. No secret is in it, not even where one is kept. */
export function proposalOf(
  resources: readonly Resource[],
  asked: AskedLogin,
  { index, entries }: Known,
): LoginProposal {
  const tenant = resources.find((r) => r.kind === 'Tenant' && keyOf(r) === asked.tenant_id)
  const organization = (tenant && referencedKey(tenant, 'Organization', index)) ?? asked.organization_id
  const about = resources.filter(
    (r) => isPolicyKind(r) && isAbout(r, { ...asked, organization_id: organization }, index),
  )
  return {
    ...(organization !== null && { organization_id: organization }),
    documents: about.map((one) => proposed(one, entries)),
  }
}

const isPolicyKind = ({ kind }: Resource): boolean => (POLICY_KINDS as readonly string[]).includes(kind)

/** As the policy goes: by its names, and of an organization's settings only what certainly is its. */
function isAbout(document: Resource, asked: AskedLogin, index: Index): boolean {
  const named = isOfLogin(document, asked, index)
  if (named !== undefined) return named
  const connection = connectionOf(document, index)
  const organization = connection && referencedKey(connection, 'Organization', index)
  return organization !== undefined && organization === asked.organization_id
}

function proposed(document: Resource, entries: Known['entries']): ProposedDocument {
  const { kind, spec } = document
  const [schema, id] = [kindOf(kind)?.spec, RENAMED.has(kind) ? entries.get(placedAddressOf(document))?.id : undefined]
  return {
    kind: kind as ProposedDocument['kind'],
    ...(id !== undefined && { id }),
    spec: schema === undefined ? {} : withoutSecrets(schema, spec),
  }
}

/** Kinds of which the policy knows several objects by name, and a document may name its object otherwise. */
const RENAMED: ReadonlySet<string> = new Set(['CimLoginMethod'])
