import type { CustomMessages, Texts } from '../settings/cim/state.ts'

export const BUILT_IN_LANGUAGE = 'en'
const ACCEPTED = 10
/** Language, script, region and variants of RFC 5646. */
const LANGUAGE_TAG = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*$/i

/** The built-in language, as the region of the chosen one speaks it where it is the same. */
export const builtInFor = (chosen: string): string =>
  chosen.startsWith(`${BUILT_IN_LANGUAGE}-`) ? chosen : BUILT_IN_LANGUAGE

/** Locale variants are open text; what is no language tag is shown as the built-in language. */
export function languageTag(locale: string): string {
  const tag = locale.replaceAll('_', '-')
  return LANGUAGE_TAG.test(tag) ? tag : BUILT_IN_LANGUAGE
}

export function layersOf({ locales, default: fallback }: CustomMessages, locale: string | undefined): readonly Texts[] {
  const language = locale?.split(/[_-]/)[0]
  const names = Object.keys(locales).filter((name) => name === locale || name === language)
  const longestFirst = names.sort((a, b) => b.length - a.length)
  return [...longestFirst.map((name) => locales[name] ?? {}), fallback]
}

/** The locale that fits best: the first accepted language that has texts, as a whole or by its language. */
export function chosenLocale(acceptLanguage: string | undefined, locales: readonly string[]): string | undefined {
  for (const tag of acceptedTags(acceptLanguage ?? '')) {
    const found = locales.find((l) => same(l, tag)) ?? locales.find((l) => same(l, tag.split('-')[0] ?? ''))
    if (found !== undefined) return found
    if (tag.split('-')[0] === BUILT_IN_LANGUAGE) return undefined
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
