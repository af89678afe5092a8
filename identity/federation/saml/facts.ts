import type { PolicyDocument } from '../../policy/inputs.ts'
import { textOf } from '../values.ts'

/** A context class, i.e. how somebody has shown who they are (SAML 2.0 Authentication Context), and the level that it stands for. */
interface ContextLevel {
  readonly context: string
  readonly level: number
}

/** What is asked of a login at an identity provider. */
export interface Demand {
  /** The known classes; without any every answer is good enough. */
  readonly levels: readonly ContextLevel[]
  /** A class of a lower level is refused, and so is one that is not known. */
  readonly least: number
  readonly comparison: 'exact' | 'minimum' | 'maximum' | 'better'
}

/** What sets one type of login method apart from the others that speak SAML. */
export interface SamlFacts {
  /** The block of the document that holds the settings of the type. */
  readonly block: string
  readonly demand: (spec: PolicyDocument, block: PolicyDocument) => Demand
  /** What the service calls itself; else the address of its metadata. */
  readonly entityId?: (block: PolicyDocument) => string | undefined
  /** Where people sign in, in place of what the metadata of the provider say. */
  readonly signOn?: (block: PolicyDocument) => string | undefined
  /** Names of keys in the keystore; else the organization has keys of its own. */
  readonly keys?: (block: PolicyDocument) => KeyNames
  /** Who it is comes encrypted in attributes. */
  readonly names?: (block: PolicyDocument) => EncryptedNames
}

/** What opens the names that are encrypted to one service (BSNk): keys of the keystore, and the points of who encrypts. */
interface EncryptedNames {
  readonly number: { readonly key: string | undefined; readonly point: string | undefined }
  readonly pseudonym: {
    readonly key: string | undefined
    readonly closing: string | undefined
    readonly point: string | undefined
  }
}

export interface KeyNames {
  readonly signing: string | undefined
  readonly encryption: string | undefined
}

interface Mapping {
  readonly contextClass: string
  readonly authenticationLevel: number
}

const COMPARISONS: Readonly<Record<string, Demand['comparison']>> = {
  Minimum: 'minimum',
  Maximum: 'maximum',
  Better: 'better',
}

const CLASSES = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'

/** The classes of DigiD (Koppelvlakspecificatie SAML, "Betrouwbaarheidsniveau"). */
const DIGID = ['PasswordProtectedTransport', 'MobileTwoFactorContract', 'Smartcard', 'SmartcardPKI']
const DIGID_LEVELS = ['Basic', 'Middle', 'Substantial', 'High']

/** The classes of eIDAS (eIDAS SAML Attribute Profile, section 3.2) and of the Dutch network that leads to it, which has two more levels. */
const EIDAS: Readonly<Record<string, readonly string[]>> = {
  NonExistent: ['urn:etoegang:core:assurance-class:loa1'],
  Low: ['urn:etoegang:core:assurance-class:loa2', 'http://eidas.europa.eu/LoA/low'],
  LowPlus: ['urn:etoegang:core:assurance-class:loa2plus'],
  Substantial: ['urn:etoegang:core:assurance-class:loa3', 'http://eidas.europa.eu/LoA/substantial'],
  High: ['urn:etoegang:core:assurance-class:loa4', 'http://eidas.europa.eu/LoA/high'],
}
const EIDAS_LEVELS = Object.keys(EIDAS)

const scale = (steps: readonly (readonly string[])[]): readonly ContextLevel[] =>
  steps.flatMap((contexts, level) => contexts.map((context) => ({ context, level })))

/** The types by their name in documents. */
export const SAML_TYPES: Readonly<Record<string, SamlFacts>> = {
  Saml: {
    block: 'saml',
    demand: ({ authenticationLevel = 0 }, { comparison, authenticationLevelMappings = [] }) => ({
      levels: (authenticationLevelMappings as readonly Mapping[]).map((mapping) => ({
        context: mapping.contextClass,
        level: mapping.authenticationLevel,
      })),
      least: Number(authenticationLevel),
      comparison: COMPARISONS[String(comparison)] ?? 'exact',
    }),
  },
  DigiD: {
    block: 'digid',
    demand: (_, { requiredAuthenticationLevel }) => ({
      levels: scale(DIGID.map((name) => [CLASSES + name])),
      least: Math.max(0, DIGID_LEVELS.indexOf(String(requiredAuthenticationLevel))),
      comparison: 'minimum',
    }),
  },
  Eidas: {
    block: 'eidas',
    demand: (_, { requiredLevelOfAssurance }) => ({
      levels: scale(Object.values(EIDAS)),
      least: Math.max(0, EIDAS_LEVELS.indexOf(String(requiredLevelOfAssurance))),
      comparison: 'minimum',
    }),
    entityId: ({ entityId }) => textOf(entityId),
    signOn: ({ authenticationService, authenticationServiceCustomValue }) =>
      authenticationService === 'Custom' ? textOf(authenticationServiceCustomValue) : undefined,
    keys: ({ signingKeyId, encryptionKeyId }) => ({
      signing: textOf(signingKeyId),
      encryption: textOf(encryptionKeyId),
    }),
    names: (block) => ({
      number: { key: textOf(block.bsnDecryptionKeyId), point: textOf(block.bsnVerificationPoint) },
      pseudonym: {
        key: textOf(block.pseudoIdDecryptionKeyId),
        closing: textOf(block.pseudoIdClosingKeyId),
        point: textOf(block.pseudoIdVerificationPoint),
      },
    }),
  },
}

export const isSaml = ({ spec }: { readonly spec: PolicyDocument }): boolean =>
  Object.hasOwn(SAML_TYPES, String(spec.type))

/** The classes that are asked for: those that are good enough, the weakest first. */
export const wantedContexts = ({ levels, least }: Demand): readonly string[] =>
  levels
    .filter(({ level }) => level >= least)
    .toSorted((a, b) => a.level - b.level)
    .map(({ context }) => context)

/** Whether an answer of this class is good enough. */
export const isStrongEnough = (demand: Demand, context: string | undefined): boolean =>
  demand.levels.length === 0 || wantedContexts(demand).some((wanted) => wanted === context)
