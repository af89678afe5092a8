import type { CustomAttributes } from '../directory/custom-attributes.ts'
import type { Subject } from '../directory/identities.ts'
import type { PolicyDocument } from '../policy/inputs.ts'
import { customValues } from './custom-values.ts'

type Claims = Readonly<Record<string, unknown>>

/** What another provider says about a person, in our words. */
export interface PersonElsewhere {
  readonly email: string | undefined
  /** The provider has made sure that the address is theirs. */
  readonly isEmailVerified: boolean
  readonly username: string | undefined
  /** What the person knows the account there by. */
  readonly label: string
  readonly profile: Profile
  readonly custom: CustomAttributes
}

/** Somebody from elsewhere and what is known about them. */
export interface Newcomer {
  readonly who: Subject
  readonly person: PersonElsewhere
}

/** Attributes of a person that a login may fill. */
export interface Profile {
  readonly locale?: string
  /** As SCIM names them (RFC 7643, section 4.1). */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Attribute of a person, as attribute mappings name it → the claim that fills it without a mapping (OpenID Connect Core, section 5.1). */
const STANDARD = {
  email: 'email',
  username: 'preferred_username',
  firstName: 'given_name',
  middleName: 'middle_name',
  lastName: 'family_name',
  displayName: 'name',
  nickname: 'nickname',
  mobileNumber: 'phone_number',
  locale: 'locale',
  timeZone: 'zoneinfo',
  profileUrl: 'profile',
  picture: 'picture',
} as const
type Attribute = keyof typeof STANDARD
type Values = Readonly<Partial<Record<Attribute, string>>>

const MOST_CHARACTERS = 1024
const EMAIL = /^[^\s@]+@[^\s@]+$/

/** Reads what a provider says, by the mappings of the login method. */
export function personOf(spec: PolicyDocument, claims: Claims, subject: string): PersonElsewhere {
  const values = valuesOf(spec, claims)
  const email = EMAIL.test(values.email ?? '') ? values.email : undefined
  const isOwnClaim = email !== undefined && claims.email === email
  return {
    email,
    isEmailVerified: isOwnClaim && claims.email_verified === true,
    username: values.username,
    label: email ?? values.username ?? values.displayName ?? subject,
    profile: profileOf(values),
    custom: customValues(spec, claims),
  }
}

interface Mapping {
  readonly from: string
  readonly to: string
}

/** A mapping decides alone what fills its attribute; a claim without one fills its own attribute unless it is excluded. */
function valuesOf({ attributeMappings = [], excludedUnmappedAttributes = [] }: PolicyDocument, claims: Claims): Values {
  const mappings = attributeMappings as readonly Mapping[]
  const excluded = new Set(excludedUnmappedAttributes as readonly string[])
  const found = Object.entries(STANDARD).flatMap(([attribute, claim]) => {
    const mapping = mappings.find(({ to }) => to === attribute)
    const from = mapping?.from ?? (excluded.has(claim) ? undefined : claim)
    const value = from === undefined ? undefined : textIn(claims, from)
    return value === undefined ? [] : [[attribute, value] as const]
  })
  return Object.fromEntries(found)
}

/** A text, number or switch of that name. */
function textIn(claims: Claims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
  return isPlain && value !== '' ? String(value).slice(0, MOST_CHARACTERS) : undefined
}

const NAMES = { firstName: 'givenName', middleName: 'middleName', lastName: 'familyName' } as const
const PLAIN = {
  displayName: 'displayName',
  nickname: 'nickName',
  timeZone: 'timezone',
  profileUrl: 'profileUrl',
} as const

function profileOf(values: Values): Profile {
  const name = renamed(values, NAMES)
  const { mobileNumber, picture, locale } = values
  return {
    ...(locale === undefined ? {} : { locale }),
    attributes: {
      ...renamed(values, PLAIN),
      ...(Object.keys(name).length === 0 ? {} : { name }),
      ...(mobileNumber === undefined ? {} : { phoneNumbers: [{ value: mobileNumber, type: 'mobile' }] }),
      ...(picture === undefined ? {} : { photos: [{ value: picture, type: 'photo' }] }),
    },
  }
}

const renamed = (
  values: Values,
  names: Readonly<Partial<Record<Attribute, string>>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([attribute, name]) => {
      const value = values[attribute as Attribute]
      return value === undefined ? [] : [[name, value]]
    }),
  )
