import type { CustomMessages } from '../settings/cim/state.ts'

/**
 * The organization's own text for a key, as CIM looks it up: the locale variant, its language, the fallback texts. `undefined`: the
 * built-in text holds. Texts are not HTML: whoever shows one has to escape it.
 */
export function customText({ locales, default: fallback }: CustomMessages, locale: string, key: string) {
  const own = [locale, locale.split(/[-_]/)[0] ?? ''].map((variant) => textsOf(locales, variant))
  return [...own, fallback].find((texts) => Object.hasOwn(texts, key))?.[key]
}

/** `nl-NL` and `nl_NL` are the same locale. */
function textsOf(locales: CustomMessages['locales'], variant: string) {
  const name = Object.keys(locales).find((locale) => folded(locale) === folded(variant))
  return name === undefined ? {} : (locales[name] ?? {})
}

const folded = (locale: string): string => locale.replaceAll('_', '-').toLowerCase()
