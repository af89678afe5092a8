import type { FederatedLogin } from '../methods.ts'
import { incomplete } from '../problems.ts'
import { recordOf, textOf } from '../values.ts'

/** iDIN: the banks of the Netherlands say who somebody is (iDIN Merchant Implementation Guidelines; iDx messages 1.0.0). */
export const isIdin = ({ spec }: Pick<FederatedLogin, 'spec'>): boolean => spec.type === 'Idin'

/** What the acquirer and the keystore are asked for. */
export interface IdinSettings {
  readonly directory: string
  readonly transaction: string
  readonly status: string
  readonly merchant: string
  readonly sub: string
  /** Host that banks send browsers back to; else that of the service. */
  readonly returnHost: string | undefined
  /** Names in the keystore. */
  readonly keys: { readonly acquirer: string; readonly merchant: string; readonly saml: string }
}

const NEEDED = [
  'directoryUrl',
  'transactionUrl',
  'statusUrl',
  'merchantId',
  'acquirerPublicCertificateId',
  'merchantCertificatePairId',
] as const

/** Throws the uniform refusal, with what the settings lack. */
export function idinSettings({ spec }: Pick<FederatedLogin, 'spec'>): IdinSettings {
  const block = recordOf(spec.idin)
  const lacking = NEEDED.find((field) => textOf(block[field]) === undefined)
  if (lacking !== undefined) throw incomplete(lacking)
  const [directory, transaction, status, merchant, acquirer, pair] = NEEDED.map((field) => String(block[field]))
  return {
    directory: String(directory),
    transaction: String(transaction),
    status: String(status),
    merchant: String(merchant),
    // "Unless agreed otherwise with the acquirer, the merchant has to use 0."
    sub: textOf(block.subId) ?? '0',
    returnHost: textOf(block.merchantReturnHostName),
    keys: {
      acquirer: String(acquirer),
      merchant: String(pair),
      saml: textOf(block.samlCertificatePairId) ?? String(pair),
    },
  }
}
