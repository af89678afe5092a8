import type { StoredUser } from '../directory/users.ts'
import type { MfaSettings, NavixySettings } from '../settings/navixy/settings.ts'
import type { PolicyDocument, PolicyInputs } from './inputs.ts'

type MfaDocuments = Pick<PolicyInputs['documents'], 'MfaDefault' | 'MfaAssignment'>

/**
 * What Navixy says about a user: the own settings of the user of that id, else the default, which a newcomer would get. Its numeric
 * ids are matched with `external_id`, then with `user_id`. Before the user is known, whatever lets some user have a code by e-mail.
 */
export function mfaDocuments(settings: NavixySettings, user: StoredUser | undefined): MfaDocuments {
  const own = user === undefined ? someAllowed(settings) : assignmentOf(settings, user)
  if (own !== undefined) return { MfaAssignment: specOf(own) }
  return settings.default === undefined ? {} : { MfaDefault: specOf(settings.default) }
}

const assignmentOf = ({ users }: NavixySettings, user: StoredUser): MfaSettings | undefined =>
  [user.external_id, user.user_id].flatMap((id) => (id !== null && Object.hasOwn(users, id) ? [users[id]] : []))[0]

const someAllowed = ({ users, default: initial }: NavixySettings): MfaSettings | undefined =>
  initial?.type === 'allowed' ? undefined : Object.values(users).find((own) => own.type === 'allowed')

const specOf = ({ type, factor_types }: MfaSettings): PolicyDocument => ({
  type: type === 'allowed' ? 'Allowed' : 'Disallowed',
  ...(factor_types?.includes('email') ? { factorTypes: ['Email'] } : {}),
})
