import type { CustomMessages, Texts } from '../settings/cim/state.ts'
import { TRANSLATIONS } from './translations/translations.ts'

export const DEFAULT_LANGUAGE = 'en'
const ACCEPTED = 10
/** Language, script, region and variants of RFC 5646. */
const LANGUAGE_TAG = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*$/i

/** Locale variants are open text; what is no language tag is shown as the default language. */
export function languageTag(locale: string): string {
  const tag = locale.replaceAll('_', '-')
  return LANGUAGE_TAG.test(tag) ? tag : DEFAULT_LANGUAGE
}

/** The language alone, in lower case: `de` of `de-CH` and `de_CH`. */
export const languageOf = (locale: string): string => locale.split(/[_-]/)[0]?.toLowerCase() ?? ''

/** `getTextInfo` of ECMA-402, which the types of TypeScript do not have yet. */
interface WithTextInfo {
  getTextInfo(): { readonly direction?: 'ltr' | 'rtl' }
}

type Direction = 'ltr' | 'rtl'

function readDirection(lang: string): Direction {
  const locale = new Intl.Locale(lang) as Intl.Locale & WithTextInfo
  return locale.getTextInfo().direction ?? 'ltr'
}

/** Asking takes as long as making the rest of a page. */
const KNOWN: Readonly<Record<string, Direction>> = Object.fromEntries(
  [DEFAULT_LANGUAGE, ...Object.keys(TRANSLATIONS)].map((lang) => [lang, readDirection(lang)]),
)

/** Direction in which a language is written, for the attribute `dir`. */
export const directionOf = (lang: string): Direction => KNOWN[lang] ?? readDirection(lang)

export function layersOf({ locales, default: fallback }: CustomMessages, locale: string | undefined): readonly Texts[] {
  const language = locale && languageOf(locale)
  const names = Object.keys(locales).filter((name) => name === locale || name === language)
  const longestFirst = names.sort((a, b) => b.length - a.length)
  return [...longestFirst.map((name) => locales[name] ?? {}), fallback]
}

/**
 * The locale that fits best: the first accepted language that has texts, as a whole or by its language. Of `locales` the first wins
 * among equals.
 */
export function chosenLocale(acceptLanguage: string | undefined, locales: readonly string[]): string | undefined {
  for (const tag of acceptedTags(acceptLanguage ?? '')) {
    const found = locales.find((l) => same(l, tag)) ?? locales.find((l) => same(l, languageOf(tag)))
    if (found !== undefined) return found
  }
  return undefined
}

const same = (locale: string, tag: string): boolean => locale.replaceAll('_', '-').toLowerCase() === tag

/** Language ranges of RFC 9110, section 12.5.4, the most wanted first. */
function acceptedTags(header: string): readonly string[] {
  const ranges = header.split(',', ACCEPTED).map((range) => {
    const [tag = '', q = 'q=1'] = range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return { tag, weight: Number(q.replace('q=', '')) || 0 }
  })
  return ranges
    .filter(({ tag, weight }) => weight > 0 && tag !== '')
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
