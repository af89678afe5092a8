import { bankIdUrl } from './federation/bankid/settings.ts'
import { earlierDirectory, isDirectoryAddress } from './federation/earlier-directory.ts'
import { type EarlierSystem, earlierSystem } from './platform/earlier-system.ts'
import { networksIn } from './platform/http/outside.ts'
import { mailSettings } from './platform/mail/settings.ts'
import type { ServiceOptions } from './service.ts'

/**
 * What an environment says of a service: PLUMBLINE_ADMIN_KEY, PLUMBLINE_OUTBOUND_NETWORKS, PLUMBLINE_SMTP_URL, PLUMBLINE_MAIL_FROM,
 * PLUMBLINE_SMS_URL, PLUMBLINE_LETTER_URL, PLUMBLINE_MIGRATION_URL, PLUMBLINE_BANKID_URL.
 * Throws USAGE for a value of another form.
 */
export function serviceSettings(
  env: Readonly<Record<string, string | undefined>>,
): Pick<ServiceOptions, 'adminKey' | 'outboundNetworks' | 'mail' | 'earlierSystem' | 'bankIdUrl'> {
  const { PLUMBLINE_ADMIN_KEY: adminKey, PLUMBLINE_OUTBOUND_NETWORKS: networks = '' } = env
  const { PLUMBLINE_MIGRATION_URL: earlier = '', PLUMBLINE_BANKID_URL: bankId = '' } = env
  return {
    ...(adminKey ? { adminKey } : {}),
    outboundNetworks: networksIn(networks),
    mail: mailSettings(env),
    ...(earlier === '' ? {} : { earlierSystem: earlierAt(earlier) }),
    ...(bankId === '' ? {} : { bankIdUrl: bankIdUrl(bankId) }),
  }
}

const earlierAt = (address: string): EarlierSystem =>
  isDirectoryAddress(address) ? earlierDirectory(address) : earlierSystem(address)
