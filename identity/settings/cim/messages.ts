import { isRecord, type JsonObject } from '../../../config/json.ts'
import { Fault } from '../../platform/fault.ts'
import type { CustomMessages, Texts } from './state.ts'

/** Name of the fallback texts where a locale variant is expected (notes, oddity 10). */
const DEFAULT = 'default'
const LOCALE = /^(?=.{1,64}$)[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/
const MAX_LOCALES = 200

/** Schema CustomMessages as it is sent: either part may be absent, `locales` may be wrapped once more. */
export interface SentMessages {
  readonly default?: Texts
  readonly locales?: JsonObject
}

/** PUT: what is not sent disappears. */
export function replacedMessages(sent: SentMessages): CustomMessages {
  return mergedMessages({ default: {}, locales: {} }, sent)
}

/** Sent texts change, the others stay. Throws Fault 400 for a locale that is none. */
export function mergedMessages(old: CustomMessages, sent: SentMessages): CustomMessages {
  const locales = Object.entries(unwrapped(sent.locales ?? {})).map(([l, t]) => [l, t as Texts] as const)
  const start: CustomMessages = { ...old, default: { ...old.default, ...sent.default } }
  return locales.reduce((messages, [locale, texts]) => withTexts(messages, locale, texts), start)
}

export function withTexts(old: CustomMessages, locale: string, texts: Texts): CustomMessages {
  if (locale === DEFAULT) return { ...old, default: { ...old.default, ...texts } }
  if (!LOCALE.test(locale)) throw new Fault(400, `'${locale}' is not a locale variant such as nl or nl_NL_variant.`)
  const locales = { ...old.locales, [locale]: { ...textsOf(old, locale), ...texts } }
  if (Object.keys(locales).length > MAX_LOCALES) throw new Fault(400, `There are at most ${MAX_LOCALES} locales.`)
  return { ...old, locales }
}

/** Throws Fault 404 when there is no such text. A locale without texts is gone. */
export function withoutText(old: CustomMessages, locale: string, key: string): CustomMessages {
  const texts = locale === DEFAULT ? old.default : textsOf(old, locale)
  if (!Object.hasOwn(texts, key)) throw new Fault(404, `There is no text '${key}' for '${locale}'.`)
  const { [key]: _, ...left } = texts
  if (locale === DEFAULT) return { ...old, default: left }
  const { [locale]: __, ...others } = old.locales
  return { ...old, locales: Object.keys(left).length > 0 ? { ...others, [locale]: left } : others }
}

/** Own texts only: a locale may be named like a member of every object. */
const textsOf = ({ locales }: CustomMessages, locale: string): Texts =>
  Object.hasOwn(locales, locale) ? (locales[locale] ?? {}) : {}

/** Version 1 shows the same texts as one map, language to texts. */
export function messagesV1({ default: fallback, locales }: CustomMessages): JsonObject {
  return { ...locales, [DEFAULT]: fallback }
}

/** Schema Messages: language to texts, or with one map level more, which is left out. */
export function fromMessagesV1(sent: JsonObject): SentMessages {
  const flat = Object.entries(sent).flatMap(([language, texts]) =>
    Object.values(texts as JsonObject).some(isRecord)
      ? Object.entries(texts as JsonObject)
      : [[language, texts] as const],
  )
  return { locales: Object.fromEntries(flat) }
}

/** The published example wraps the locales once more in an object called locales. */
function unwrapped(locales: JsonObject): JsonObject {
  const inner = locales.locales
  return isRecord(inner) && Object.values(inner).every(isRecord) ? inner : locales
}
