import { type Rules, STRICTER } from '../decision.ts'
import { flag, type PolicyInputs, same, settingAt, word } from '../inputs.ts'

/** What the login page shows, and where it is. Texts are in `texts.ts`. */
export interface PageRules {
  /** Title; empty when nobody gave one. */
  readonly title: string
  /** What the password is called; empty for the built-in name. */
  readonly passwordName: string
  /** The organization's own instructions stand on the password pages. */
  readonly ownInstructions: boolean
  /** The account page names the person. */
  readonly showsName: boolean
  /** Address of a login page elsewhere; empty for the built-in one. */
  readonly loginUrl: string
}

/** A later name of the list takes precedence. */
const notEmpty = (value: string): number => (value === '' ? 0 : 1)

export const PAGE: Rules<PageRules, PolicyInputs> = {
  title: {
    builtIn: '',
    strictness: notEmpty,
    asks: (inputs) => {
      const ofClient = word(inputs, 'Client', '/tenantName', same).filter((ask) => ask.value !== '')
      return ofClient.length > 0 ? ofClient : word(inputs, 'Tenant', '/displayName', same)
    },
  },
  passwordName: {
    builtIn: '',
    strictness: notEmpty,
    asks: (inputs) => word(inputs, 'CimLoginMethod', '/displayName', same),
  },
  ownInstructions: {
    builtIn: false,
    strictness: STRICTER.yes,
    asks: (inputs) => flag(inputs, 'PasswordOrgConfig', '/customInstructions', same),
  },
  showsName: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'CimAttributes', '/nameVisibleOnDashboard', same),
  },
  loginUrl: {
    builtIn: '',
    strictness: notEmpty,
    asks: (inputs) => flag(inputs, 'CimUiExtension', '/loginRedirectEnabled', (on) => (on ? extension(inputs) : '')),
  },
}

/** Base address and path, both needed, https only; else the built-in page (notes, "Texts, extension"). */
function extension(inputs: PolicyInputs): string {
  const [base, path] = ['/baseUrl', '/loginPath'].map((field) => settingAt(inputs, 'CimUiExtension', field))
  if (typeof base !== 'string' || typeof path !== 'string' || path === '') return ''
  const url = URL.parse(`${base.replace(/\/$/, '')}/${path.replace(/^\//, '')}`)
  return url?.protocol === 'https:' ? url.href : ''
}
