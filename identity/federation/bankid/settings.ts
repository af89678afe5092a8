import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'
import type { FederatedLogin } from '../methods.ts'

/** BankID of Sweden by its own API (developers.bankid.com, Auth & Sign 6.0). */
export const isBankId = ({ spec }: Pick<FederatedLogin, 'spec'>): boolean => spec.type === 'BankId'

/**
 * Names in the keystore of the organization, since the contract has no fields for them: the key and the certificate that BankID has issued
 * to it, and the authority of BankID's own servers.
 */
export const BANKID_KEY = 'bankid'
export const BANKID_AUTHORITY = 'bankid-authority'

const PRODUCTION = 'https://appapi2.bankid.com/rp/v6.0'

export const bankIdApi = ({ bankIdUrl = PRODUCTION }: Pick<Deps, 'bankIdUrl'>): string => bankIdUrl

/** Of whom a person is a subject: people of the test environment are nobody in production. */
export const bankIdIssuer = (deps: Pick<Deps, 'bankIdUrl'>): string => new URL(bankIdApi(deps)).origin

/** An address of the API as an operator writes it. Throws USAGE. */
export function bankIdUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '')
    throw new PlumblineError('USAGE', `'${text}' is not an address of BankID; write it like ${PRODUCTION}`, {
      help: 'PLUMBLINE_BANKID_URL holds the address with the version; that of the tests is https://appapi2.test.bankid.com/rp/v6.0.',
    })
  return url.href.replace(/\/$/, '')
}
