import type { FederatedLogin } from '../methods.ts'
import { recordOf } from '../values.ts'

/** Name of the keytab in the keystore of an organization: the contract has no field for one. */
export const KEYTAB = 'kerberos'
/** The realm stands in the name of a person. */
export const KERBEROS_ISSUER = 'urn:plumbline:kerberos'

type Spec = Pick<FederatedLogin, 'spec'>

/** Whether people show a ticket of their realm. */
export const isKerberos = ({ spec }: Spec): boolean => spec.type === 'Kerberos'

/** Whether the sign-in page asks for a ticket by itself. */
export const asksAtOnce = (login: Spec): boolean =>
  isKerberos(login) && recordOf(login.spec.kerberos).autoLoginEnabled === true
