import { existsSync } from 'node:fs'
import { kindOf } from '../../config/kinds/index.ts'
import { withoutSecrets } from '../../config/merged-spec.ts'
import type { Selection } from '../../config/project/documents.ts'
import { projectFileAt } from '../../config/project/file.ts'
import { connectionOf, type Index, keyOf, referencedKey, resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { POLICY_KINDS } from '../../identity/policy/inputs.ts'
import type { ProposedDocument } from '../../identity/policy/proposed.ts'
import { type AskedLogin, isOfLogin } from '../report/written-in.ts'

/** Body of proposeLoginPolicy (docs/contracts/secrets-vault-additions.openapi.yaml). */
export interface LoginProposal {
  readonly organization_id?: string
  readonly documents: readonly ProposedDocument[]
}

/** Documents at a place: a project, by its file or folder, else a folder or file of documents. */
export function selectionAt(place: string, { environment }: Selection): Selection {
  const project = projectFileAt(place)
  const isProject = project === place ? /(^|[\\/])plumbline\.ya?ml$/.test(place) : existsSync(project)
  if (!isProject) return { paths: [place] }
  return { project, ...(environment === undefined ? {} : { environment }) }
}

/** What documents say about one login. No secret is in it, not even where one is kept. */
export function proposalOf(
  resources: readonly Resource[],
  asked: AskedLogin,
  index: Index = resolve(resources),
): LoginProposal {
  const tenant = resources.find((r) => r.kind === 'Tenant' && keyOf(r) === asked.tenant_id)
  const organization = (tenant && referencedKey(tenant, 'Organization', index)) ?? asked.organization_id
  const about = resources.filter(
    (r) => isPolicyKind(r) && isAbout(r, { ...asked, organization_id: organization }, index),
  )
  return { ...(organization !== null && { organization_id: organization }), documents: about.map(proposed) }
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

const proposed = ({ kind, spec }: Resource): ProposedDocument => {
  const schema = kindOf(kind)?.spec
  return { kind: kind as ProposedDocument['kind'], spec: schema === undefined ? {} : withoutSecrets(schema, spec) }
}
