import { bool, int, list, nullable, object, type Props, text } from '../field.ts'
import { defineKind } from '../kind.ts'

interface GroupWire {
  readonly bankId: string
  readonly hotp: string
  readonly requireMfa: string
}

const WHO = { customers: 'customers', nonCustomers: 'everybody who is not a customer' } as const

const groupFields = (who: string, wire: GroupWire) =>
  ({
    bankId: bool(`BankID login is offered to ${who}. It counts as two factors.`, {
      wire: wire.bankId,
    }),
    hotp: bool(`Login with an e-mailed one-time code is offered to ${who}. It counts as one factor.`, {
      wire: wire.hotp,
    }),
    requireMfa: bool(`Two different factors are demanded of ${who}.`, { wire: wire.requireMfa, safer: 'up' }),
  }) satisfies Props

const customers = object(
  {
    optional: groupFields(WHO.customers, {
      bankId: 'customers_can_use_bankid_login',
      hotp: 'customers_can_use_hotp_login',
      requireMfa: 'require_mfa_for_customers',
    }),
  },
  'Login rules of customers.',
)

const nonCustomers = object(
  {
    optional: {
      ...groupFields(WHO.nonCustomers, {
        bankId: 'non_customers_can_use_bankid_login',
        hotp: 'non_customers_can_use_hotp_login',
        requireMfa: 'require_mfa_for_non_customers',
      }),
      approvedHotpEmailDomains: nullable(
        list(
          text('A domain, compared exactly and without subdomains.', {
            pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$',
            maxLength: 253,
          }),
          'E-mail domains whose addresses may use the one-time code; null: any domain, empty: none.',
          { wire: 'approved_non_customer_hotp_email_domains', safer: 'fewer', fold: 'lowercase' },
        ),
      ),
    },
  },
  'Login rules of everybody who is not a customer.',
)

/** Contract: pigello, schema SecurityConfigurationInput. */
export const SecurityConfiguration = defineKind({
  name: 'SecurityConfiguration',
  plural: 'securityconfigurations',
  shortNames: ['plsec'],
  description:
    'Login and password rules of one organization in Pigello. Without an organization it is the fallback of the account. It cannot be deleted and is found again by its id only.',
  system: 'Pigello',
  operations: ['createSecurityConfiguration', 'getSecurityConfiguration', 'updateSecurityConfiguration'],
  shape: 'serverId',
  scope: 'connection',
  key: (spec) => spec.organization?.id ?? '',
  caseless: true,
  renamable: true,
  references: [],
  deletion: ['Retain'],
  rules: [
    {
      cel: '!(has(self.customers) && has(self.customers.requireMfa) && self.customers.requireMfa && has(self.customers.bankId) && !self.customers.bankId && has(self.customers.hotp) && !self.customers.hotp)',
      message: 'customers need two factors, but bankId and hotp are both off: no second factor is possible',
      at: '/customers/requireMfa',
    },
    {
      cel: '!(has(self.nonCustomers) && has(self.nonCustomers.requireMfa) && self.nonCustomers.requireMfa && has(self.nonCustomers.bankId) && !self.nonCustomers.bankId && ((has(self.nonCustomers.hotp) && !self.nonCustomers.hotp) || (has(self.nonCustomers.approvedHotpEmailDomains) && size(self.nonCustomers.approvedHotpEmailDomains) == 0)))',
      message:
        'non-customers need two factors, but bankId is off and hotp is off or open to no domain: no second factor is possible',
      at: '/nonCustomers/requireMfa',
    },
  ],
  spec: object(
    {
      optional: {
        organization: nullable(
          object(
            {
              required: {
                id: text('Id (UUID) of the organization.', { wire: 'id', format: 'uuid', maxLength: 36 }),
              },
            },
            'The organization that the rules are for; null: the fallback of the account.',
            { wire: 'organization' },
          ),
        ),
        customers,
        nonCustomers,
        passwordExpirationDays: nullable(
          int('Age in days after which a password has to be changed at login, for everybody; null: never.', {
            wire: 'password_expiration_days',
            minimum: 14,
            safer: 'down',
          }),
        ),
        customId: nullable(
          text('Free identifier kept for the API client.', {
            wire: 'custom_id',
            maxLength: 128,
            storedOnly: 'A label for API clients; no login looks at it.',
          }),
        ),
      },
    },
    'Login and password rules.',
  ),
})
