import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { html, markup } from '../../../identity/frame/html.ts'
import { PAGE_TEXTS, textsFor } from '../../../identity/frame/texts.ts'

const CUSTOM = {
  default: { 'common.back': 'default back', 'common.close': 'default close' },
  locales: {
    nl: { 'common.back': 'terug', 'common.cancel': 'annuleren' },
    nl_BE: { 'common.back': 'vlaams terug' },
    en_GB: { 'common.or': 'or, rather' },
  },
}

describe('a text', () => {
  it('is looked up in the locale variant, its language, the fallback texts and the built-in ones', () => {
    const say = textsFor('nl-BE, en;q=0.8', CUSTOM)
    const keys = ['common.back', 'common.cancel', 'common.close', 'common.continue'] as const
    expect(keys.map((key) => say(key))).toEqual(['vlaams terug', 'annuleren', 'default close', 'Doorgaan'])
    expect(say.lang).toBe('nl-BE')
  })

  it.each([
    ['nl', 'nl'],
    ['NL-nl', 'nl'],
    ['it, nl;q=0.2', 'nl'],
    ['de, nl;q=0.2', 'de'],
    ['de-CH', 'de'],
    ['nl;q=0.1, de;q=0.9', 'de'],
    ['nl;q=0.1, en;q=0.9', 'en'],
    ['en-GB', 'en-GB'],
    ['nl;q=0', 'en'],
    ['*', 'en'],
    [undefined, 'en'],
  ])('for who accepts %s is in %s', (header, lang) => {
    expect(textsFor(header, CUSTOM).lang).toBe(lang)
  })

  it('says the language that is shown: the built-in one where most words had to come from there', () => {
    const say = textsFor('it', { default: {}, locales: { it: { 'common.back': 'Indietro' } } })
    say('common.back')
    expect(say.lang).toBe('it')
    say('common.noscript')
    expect([say.lang, say.langOf('common.back'), say.langOf('error.blocked')]).toEqual(['en', 'it', 'en'])
  })

  it('says its language as a tag that browsers know, whatever the locale is called', () => {
    const custom = { default: {}, locales: { my_own_texts: { 'common.back': 'x' } } }
    expect(textsFor('my-own-texts', custom).lang).toBe('en')
  })

  it('is used by a page', async () => {
    const folder = new URL('../../../identity/', import.meta.url)
    const files = (await readdir(folder, { recursive: true })).filter(
      (f) => f.endsWith('.ts') && !f.endsWith('texts.ts') && !f.includes('translations/'),
    )
    const sources = await Promise.all(files.map((f) => readFile(new URL(f, folder), 'utf8')))
    const all = sources.join('\n')
    expect(Object.keys(PAGE_TEXTS).filter((key) => !key.startsWith('scope.') && !all.includes(`'${key}'`))).toEqual([])
  })
})

describe('markup', () => {
  it('escapes whatever is put into it, in text and in attributes', () => {
    expect(html`<a title="${`"'<>&`}">${'<b>'}</a>`.text).toBe('<a title="&quot;&#39;&lt;&gt;&amp;">&lt;b&gt;</a>')
  })

  it('takes markup and lists as they are, and nothing for what is absent', () => {
    expect(html`${[html`<i></i>`, markup('<b></b>')]}${undefined}${false}${0}`.text).toBe('<i></i><b></b>0')
  })
})
