import { bool, choice, int, list, object, text, url } from '../field.ts'

const SERVICE = { None: 'NONE', Acceptance: 'ACCEPTANCE', Production: 'PRODUCTION', Custom: 'CUSTOM' } as const
const DIGID_LEVEL = { Basic: 'BASIC', Middle: 'MIDDLE', Substantial: 'SUBSTANTIAL', High: 'HIGH' } as const
const ASSURANCE = {
  NonExistent: 'NON_EXISTENT',
  Low: 'LOW',
  LowPlus: 'LOW_PLUS',
  Substantial: 'SUBSTANTIAL',
  High: 'HIGH',
} as const
const SECURITY_LEVEL = { Basic: 'BASIC', Advanced: 'ADVANCED' } as const
const COMPARISON = { Exact: 'EXACT', Minimum: 'MINIMUM', Maximum: 'MAXIMUM', Better: 'BETTER' } as const

const id = (description: string, wire: string) => text(description, { wire, maxLength: 256 })
const keystore = (use: string, wire: string) =>
  text(`${use}: name of a keystore entry, never key material.`, { wire, maxLength: 256 })
const idpMetadata = text('Metadata document of the provider.', { wire: 'idp_metadata', maxLength: 262_144 })
const name = (description: string) => text(description, { minLength: 1, maxLength: 256 })

const digid = object(
  {
    optional: {
      idpMetadata,
      requiredAuthenticationLevel: choice(DIGID_LEVEL, 'Lowest DigiD level that is accepted.', {
        wire: 'required_authentication_level',
        safer: 'up',
      }),
    },
  },
  'DigiD.',
  { wire: 'digid_attributes' },
)

const eidas = object(
  {
    optional: {
      authenticationService: choice(SERVICE, 'Which endpoint is used.', { wire: 'authentication_service' }),
      authenticationServiceCustomValue: text('The endpoint, with authenticationService Custom.', {
        wire: 'authentication_service_custom_value',
        maxLength: 2048,
      }),
      requiredLevelOfAssurance: choice(ASSURANCE, 'Lowest assurance level that is accepted.', {
        wire: 'required_level_of_assurance',
        safer: 'up',
      }),
      entityId: text('SAML entity id shown to the service.', { wire: 'entity_id' }),
      bsnVerificationPoint: text('Point by which the signature of an encrypted citizen number is checked, in base64.', {
        wire: 'bsn_verification_point',
        maxLength: 4096,
      }),
      pseudoIdVerificationPoint: text('Point by which the signature of an encrypted pseudonym is checked, in base64.', {
        wire: 'pseudo_id_verification_point',
        maxLength: 4096,
      }),
      encryptionKeyId: keystore('Message encryption', 'encryption_key_id'),
      signingKeyId: keystore('Message signing', 'signing_key_id'),
      bsnDecryptionKeyId: keystore('Decryption of citizen numbers', 'bsn_decryption_key_id'),
      pseudoIdDecryptionKeyId: keystore('Decryption of pseudonyms', 'pseudo_id_decryption_key_id'),
      pseudoIdClosingKeyId: keystore('Closing key of pseudonyms', 'pseudo_id_closing_key_id'),
      idpMetadata,
    },
  },
  'eIDAS.',
  { wire: 'eidas_attributes' },
)

const idin = object(
  {
    optional: {
      directoryUrl: url('Directory endpoint.', { wire: 'directory_url' }),
      transactionUrl: url('Transaction endpoint.', { wire: 'transaction_url' }),
      statusUrl: url('Status endpoint.', { wire: 'status_url' }),
      acquirerPublicCertificateId: keystore('Certificate of the acquirer', 'acquirer_public_certificate_id'),
      merchantId: id('Merchant number.', 'merchant_id'),
      subId: id('Merchant sub number.', 'sub_id'),
      merchantReturnHostName: text('Host that the bank returns to.', {
        wire: 'merchant_return_host_name',
        fold: 'lowercase',
        maxLength: 253,
      }),
      merchantCertificatePairId: keystore(
        'Key pair of the merchant, which signs requests',
        'merchant_certificate_pair_id',
      ),
      samlCertificatePairId: keystore(
        'Key pair to which answers are encrypted (default: that of the merchant)',
        'saml_certificate_pair_id',
      ),
    },
  },
  'iDIN.',
  { wire: 'idin_attributes' },
)

const itsme = object(
  {
    optional: {
      clientId: id('Client id at itsme.', 'client_id'),
      loginServiceCode: id('Service code that is asked for at login.', 'login_service_code'),
      securityLevel: choice(SECURITY_LEVEL, 'Level that is asked for.', { wire: 'security_level', safer: 'up' }),
      frontChannelLogoutEnabled: bool('A logout there ends the login here, and one here goes on there.', {
        wire: 'front_channel_logout_enabled',
        safer: 'up',
      }),
      discoveryUrl: url('OpenID discovery document.', { wire: 'discovery_url' }),
      metadataExpirationSeconds: int('Seconds for which discovered metadata is kept.', {
        wire: 'metadata_expiration_time_in_seconds',
        minimum: 0,
      }),
      scopes: list(name('A scope.'), 'Scopes that are asked for.', { wire: 'scopes', maxItems: 50 }),
      claims: list(name('A claim.'), 'Claims that are asked for.', { wire: 'claims', maxItems: 100 }),
    },
  },
  'itsme.',
  { wire: 'itsme_attributes' },
)

const levelMapping = object(
  {
    required: {
      contextClass: text('Authentication context class reference.', {
        wire: 'authn_context_class_ref_name',
        minLength: 1,
        maxLength: 512,
      }),
      authenticationLevel: int('Level that it stands for.', {
        wire: 'authentication_level',
        minimum: 0,
        safer: 'down',
      }),
    },
  },
  'One context class and its level.',
)

const saml = object(
  {
    optional: {
      idpMetadata,
      comparison: choice(COMPARISON, 'How the requested context is compared.', { wire: 'comparison' }),
      authenticationLevelMappings: list(levelMapping, 'Level of each context class.', {
        wire: 'authentication_level_mappings',
        list: { key: 'contextClass' },
        maxItems: 100,
      }),
    },
  },
  'A SAML identity provider.',
  { wire: 'saml_attributes' },
)

/** Blocks of the login methods that belong to national schemes and SAML federations. */
export const federation = { digid, eidas, idin, itsme, saml } as const
