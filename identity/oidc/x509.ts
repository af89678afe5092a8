// The library finds its parts by reflection, which has to be there before it.
import 'reflect-metadata'

export { X509CertificateGenerator } from '@peculiar/x509'
