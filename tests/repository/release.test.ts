import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const text = (file: string): string => readFileSync(file, 'utf8')
const json = (file: string) => JSON.parse(text(file))

interface ExtraFile {
  readonly type: 'json' | 'yaml' | 'generic'
  readonly path: string
  readonly jsonpath?: string
}

const { version } = json('package.json')
const extraFiles: readonly ExtraFile[] = json('release-please-config.json').packages['.']['extra-files']

/** What stands at the place that a release writes. */
function versionAt({ type, path, jsonpath = '' }: ExtraFile): unknown {
  if (type === 'generic') return /(\d+\.\d+\.\d+).* x-release-please-version$/m.exec(text(path))?.[1]
  return (type === 'json' ? json(path) : parse(text(path)))[jsonpath.replace('$.', '')]
}

describe('a release', () => {
  it('begins where the last one ended', () => {
    expect(json('.release-please-manifest.json')).toEqual({ '.': version })
  })

  it.each(extraFiles)('writes its version into $path ($type $jsonpath)', (file) => {
    expect(versionAt(file)).toBe(version)
  })

  it('reaches every package', () => {
    const manifests: readonly string[] = json('package-lock.json').packages[''].workspaces
    expect(manifests).toEqual(['packages/*'])
    const written = extraFiles.map(({ path }) => path)
    for (const name of ['cli', 'plumbline', 'pulumi']) expect(written).toContain(`packages/${name}/package.json`)
  })

  it('is published with provenance, by jobs that alone may prove who they are', () => {
    const { permissions, jobs } = parse(text('.github/workflows/release.yml'))
    expect(permissions).toEqual({})
    expect(JSON.stringify(jobs.packages.steps)).toContain('npm publish \\"$tarball\\" --access public --provenance')
    const proving = Object.keys(jobs).filter((job) => jobs[job].permissions['id-token'] === 'write')
    expect(proving).toEqual(['packages', 'image'])
  })
})
