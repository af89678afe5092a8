import type { ClaimNames } from '../standard-claims.ts'

const OID = 'urn:oid:'
const CLAIM = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/'

/** Attributes of people as identity providers name them (eduPerson and LDAP object identifiers; WS-Federation, as AD FS and Entra ID write). */
export const ATTRIBUTE_CLAIMS: ClaimNames = [
  [`${OID}0.9.2342.19200300.100.1.3`, 'email'],
  [`${CLAIM}emailaddress`, 'email'],
  ['mail', 'email'],
  ['email', 'email'],
  [`${OID}0.9.2342.19200300.100.1.1`, 'preferred_username'],
  [`${OID}1.3.6.1.4.1.5923.1.1.1.6`, 'preferred_username'],
  [`${CLAIM}name`, 'preferred_username'],
  ['uid', 'preferred_username'],
  ['username', 'preferred_username'],
  [`${OID}2.5.4.42`, 'given_name'],
  [`${CLAIM}givenname`, 'given_name'],
  ['givenName', 'given_name'],
  ['firstName', 'given_name'],
  [`${OID}2.5.4.4`, 'family_name'],
  [`${CLAIM}surname`, 'family_name'],
  ['sn', 'family_name'],
  ['lastName', 'family_name'],
  [`${OID}2.16.840.1.113730.3.1.241`, 'name'],
  ['http://schemas.microsoft.com/identity/claims/displayname', 'name'],
  ['displayName', 'name'],
  [`${OID}2.5.4.3`, 'name'],
  ['cn', 'name'],
  [`${OID}2.16.840.1.113730.3.1.39`, 'locale'],
  ['preferredLanguage', 'locale'],
  [`${OID}0.9.2342.19200300.100.1.41`, 'phone_number'],
  [`${CLAIM}mobilephone`, 'phone_number'],
  ['mobile', 'phone_number'],
]
