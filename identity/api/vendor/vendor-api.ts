import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import { accessGranted, type VendorApi } from '../../directory/organization-access.ts'
import { ORGANIZATIONS, type Organization } from '../../directory/organizations.ts'
import type { ErrorForm, Fault } from '../../platform/fault.ts'
import { contractScope } from '../../platform/http/errors.ts'
import { GLOBAL } from '../../store/store.ts'

/** What sets one vendor API apart from the others. */
export interface VendorContract {
  readonly api: VendorApi
  readonly errors: ErrorForm
  /** Credentials of a request by the names of `ACCESS_FIELDS`; one that is not sent is `undefined`. */
  readonly credentials: (request: FastifyRequest) => Readonly<Record<string, string | undefined>>
  /** When they are looked for: `preValidation` is after the body is read. */
  readonly checkAt: 'onRequest' | 'preValidation'
  readonly refused: () => Fault
}

interface InOrganization {
  readonly organization?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The organization whose credentials the request has proven. */
    provenOrganization?: Organization
  }
}

/** The organization whose credentials the request has proven. */
export function provenOrganization(request: FastifyRequest): Organization {
  const { provenOrganization: organization } = request
  if (!organization) throw new PlumblineError('INTERNAL', 'the route is outside the check of credentials')
  return organization
}

/** Marks a request as made for an organization, once its credentials are proven. */
export function actFor(request: FastifyRequest, organization: Organization): void {
  request.provenOrganization = organization
}

/** The organization in the address, if there is one. */
export async function addressedOrganization(
  { store }: Pick<Deps, 'store'>,
  request: FastifyRequest,
): Promise<Organization | undefined> {
  const { organization } = request.params as InOrganization
  return organization === undefined ? undefined : store.get(ORGANIZATIONS, GLOBAL, organization)
}

/** Serves a vendor API at `/orgs/{organization}/<api>`; an unknown organization is refused like wrong credentials. */
export async function vendorApi(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey'>,
  contract: VendorContract,
  routes: (scope: FastifyInstance) => Promise<void> | void,
): Promise<void> {
  await contractScope(app, `/orgs/:organization/${contract.api}`, contract.errors, async (scope) => {
    scope.decorateRequest('provenOrganization')
    scope.addHook(contract.checkAt, async (request: FastifyRequest) => {
      const organization = await addressedOrganization(deps, request)
      const presented = contract.credentials(request)
      const granted = accessGranted(deps.masterKey, organization?.access, contract.api, presented)
      if (!granted || !organization) throw contract.refused()
      actFor(request, organization)
    })
    await routes(scope)
  })
}

/** The text of a header that is sent once. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
