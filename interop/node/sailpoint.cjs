// The publisher's SDK, unchanged: login and the three operations in each version that it has.
const { createRequire } = require('node:module')

const sdk = createRequire(`${process.argv[2]}/package.json`)('sailpoint-api-client')
const { SAILPOINT: baseurl, SAILPOINT_ID: clientId, SAILPOINT_SECRET: clientSecret } = process.env
const configuration = new sdk.Configuration({ baseurl, clientId, clientSecret, tokenUrl: `${baseurl}/oauth/token` })
const VERSIONS = [
  ['beta', 'PasswordConfigurationBetaApi', 'passwordOrgConfigBeta'],
  ['v3', 'PasswordConfigurationApi', 'passwordOrgConfig'],
  ['v2024', 'PasswordConfigurationV2024Api', 'passwordOrgConfigV2024'],
]

async function attempt(what, work) {
  try {
    console.log((await work()) ? `ok ${what}` : `fail ${what}: another answer`)
  } catch (error) {
    console.log(`fail ${what}: ${String(error.message).slice(0, 400)}`)
  }
}

async function main() {
  await attempt('login', async () => (await configuration.accessToken) !== undefined)
  for (const [version, name, field] of VERSIONS) {
    const api = new sdk[name](configuration)
    const body = (value) => ({ [field]: value, passwordOrgConfig: value, passwordOrgConfigBeta: value })
    await attempt(`${version} create`, async () => (await api.createPasswordOrgConfig(body({ digitTokenLength: 9 }))).data.digitTokenLength === 9)
    await attempt(`${version} read`, async () => (await api.getPasswordOrgConfig()).data.digitTokenLength === 9)
    await attempt(`${version} update`, async () => (await api.putPasswordOrgConfig(body({ digitTokenLength: 10 }))).data.digitTokenLength === 10)
  }
}

main()
