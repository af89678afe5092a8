import type { Deps } from '../deps.ts'
import { chosenLocale, DEFAULT_LANGUAGE, languageOf, layersOf } from '../frame/languages.ts'
import { acceptedLanguages } from '../platform/http/accepted-languages.ts'
import { MESSAGE_LANGUAGES, type MessageWording } from '../platform/mail/texts.ts'
import { cimOfTenant } from '../settings/cim/of-tenant.ts'

/**
 * In whose words a message to a person is: in the language of the profile, else in one of the request, with the own texts of the
 * organization before the built-in ones (CIM notes, texts).
 */
export async function wordingFor(
  deps: Pick<Deps, 'store'>,
  tenant: string,
  profile: string | null,
): Promise<MessageWording> {
  const custom = (await cimOfTenant(deps, tenant))?.custom_messages
  const wanted = [profile?.replaceAll('_', '-') ?? '', acceptedLanguages()].filter((part) => part !== '').join(',')
  const locale = chosenLocale(wanted, [...Object.keys(custom?.locales ?? {}), ...MESSAGE_LANGUAGES])
  const layers = custom === undefined ? [] : layersOf(custom, locale)
  return {
    language: languageOf(locale ?? DEFAULT_LANGUAGE),
    own: (key) => layers.find((texts) => Object.hasOwn(texts, key))?.[key],
  }
}
