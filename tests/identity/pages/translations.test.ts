import { describe, expect, it } from 'vitest'
import { PAGE_TEXTS, type TextKey, textsFor } from '../../../identity/frame/texts.ts'
import { TRANSLATIONS } from '../../../identity/frame/translations/translations.ts'

/** Words that more languages have in common. */
const SAME_AS_ENGLISH: readonly string[] = ['Code', 'Passkey', 'Passkeys', 'Error', 'no']

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
const KEYS = Object.keys(PAGE_TEXTS) as readonly TextKey[]

describe.each(Object.entries(TRANSLATIONS))('the texts in %s', (lang, texts) => {
  it('are those that there are in English', () => {
    expect(Object.keys(texts).sort()).toEqual([...KEYS].sort())
  })

  it('have the same names to fill in', () => {
    expect(KEYS.filter((key) => String(namesIn(texts[key])) !== String(namesIn(PAGE_TEXTS[key])))).toEqual([])
  })

  it('are translated', () => {
    const same = KEYS.filter((key) => texts[key] === PAGE_TEXTS[key] && !SAME_AS_ENGLISH.includes(texts[key]))
    expect(same).toEqual([])
  })

  it('end with a full stop where the English does, and have no blanks around them', () => {
    const sentence = (text: string) => /[.?!]$/.test(text.trim())
    expect(KEYS.filter((key) => sentence(texts[key]) !== sentence(PAGE_TEXTS[key]))).toEqual([])
    expect(KEYS.filter((key) => texts[key].trim() !== texts[key] || texts[key].includes('  '))).toEqual([])
  })

  it('are what a person gets who accepts the language, as whatever region speaks it', () => {
    for (const header of [lang, `${lang}-XX`, `xx, ${lang};q=0.5, en;q=0.4`]) {
      const say = textsFor(header, undefined)
      expect([say('common.cancel'), say.lang, say.langOf('error.blocked')]).toEqual([
        texts['common.cancel'],
        lang,
        lang,
      ])
    }
  })

  it('give way to custom messages: of the locale, of the language, of the fallback texts', () => {
    const custom = {
      default: { 'common.back': 'default', 'common.or': 'default', 'common.close': 'default' },
      locales: {
        [lang]: { 'common.back': 'language', 'common.or': 'language' },
        [`${lang}_XX`]: { 'common.or': 'variant' },
      },
    }
    const say = textsFor(`${lang}-XX`, custom)
    const said = (['common.or', 'common.back', 'common.close', 'common.cancel'] as const).map((key) => say(key))
    expect(said).toEqual(['variant', 'language', 'default', texts['common.cancel']])
  })
})
