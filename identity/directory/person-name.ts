import { isRecord } from '../../config/json.ts'
import type { StoredUser } from './users.ts'

/** What a person is called (RFC 7643, section 4.1.1): the display name, else first and last name, else the user name. */
export function nameOf({ attributes, username }: Pick<StoredUser, 'attributes' | 'username'>): string {
  const { displayName, name } = attributes
  const { formatted, givenName, familyName } = isRecord(name) ? name : {}
  const parts = [givenName, familyName].filter((part) => typeof part === 'string' && part !== '').join(' ')
  return (
    ([displayName, formatted, parts].find((text) => typeof text === 'string' && text !== '') as string | undefined) ??
    username
  )
}
