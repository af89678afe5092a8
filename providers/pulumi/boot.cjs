const { providerOf } = require('./verbs.cjs')

/** The dynamic provider that the shell hands to Pulumi: the TypeScript behind it is read as it is. */
module.exports = providerOf(async () => {
  const { register } = await import('tsx/esm/api')
  register()
  return import('./logic.ts')
})
