import { addressOf, type Resource } from '../config/resource.ts'
import { isFederatedType } from '../identity/policy/login-methods.ts'

/** The login methods of documents that a trial leaves out: those that the service does not serve. */
export const notTried = (resources: readonly Resource[]): readonly string[] =>
  resources
    .filter(({ kind, spec }) => kind === 'CimLoginMethod' && spec.enabled !== false && !isServed(spec))
    .map((one) => `${addressOf(one)} was not tried, because the service of this release has no login by it`)

const isServed = (spec: Resource['spec']): boolean => spec.type === 'UsernameAndPassword' || isFederatedType(spec)
