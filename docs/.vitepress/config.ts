import { dirname, posix, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import packageFile from '../../package.json' with { type: 'json' }
import { SIDEBAR } from './sidebar.ts'

const DOCS = fileURLToPath(new URL('../', import.meta.url))
const REPOSITORY = 'https://github.com/plumbline-dev/plumbline'
const SITE = 'https://plumbline-dev.github.io/plumbline/'

/** Pages link to files of the repository; on the site these links lead to the release that the site is of. */
function outOfTheSite(page: string, href: string): string | undefined {
  if (/^([a-z]+:|#|\/)/.test(href)) return undefined
  const target = relative(DOCS, resolve(dirname(resolve(DOCS, page)), href))
  const isPage = !target.startsWith('..') && (/\.(md|png|svg)(#|$)/.test(target) || target === '')
  return isPage ? undefined : `${REPOSITORY}/blob/v${packageFile.version}/${posix.join('docs', target)}`
}

const linksIn = <T extends { readonly type: string; readonly children: readonly T[] | null }>(
  tokens: readonly T[],
): readonly T[] => tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open')

/** A dead link fails the build (VitePress checks those between pages, tests/docs those into the repository). */
export default defineConfig({
  title: 'Plumbline',
  description: packageFile.description,
  outDir: '../dist/docs',
  cacheDir: '../node_modules/.cache/vitepress',
  cleanUrls: true,
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Reference', link: '/reference/README' },
      {
        text: `v${packageFile.version}`,
        items: [
          { text: 'What is new', link: `${REPOSITORY}/blob/v${packageFile.version}/CHANGELOG.md` },
          { text: 'Other versions', link: `${SITE}versions.html` },
        ],
      },
    ],
    sidebar: SIDEBAR.map(({ items, ...group }) => ({ ...group, items: [...items] })),
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path` },
  },
  markdown: {
    config: (markdown) => {
      markdown.core.ruler.push('links into the repository', ({ tokens, env }) => {
        for (const link of linksIn(tokens)) {
          const outside = outOfTheSite(env.relativePath, String(link.attrGet('href')))
          if (outside !== undefined) link.attrSet('href', outside)
        }
      })
    },
  },
})
