/** As providers/pulumi/boot.cjs of a checkout, at the same place below the program, with the bundled provider. */
const { providerOf } = require('../../dist/verbs.cjs')

module.exports = providerOf(() => import('../../dist/logic.mjs'))
