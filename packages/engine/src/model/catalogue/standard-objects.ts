import { COMMERCE_OBJECTS } from './commerce-objects.ts'
import { CONSENT_OBJECTS } from './consent-objects.ts'
import { CONTACT_POINT_OBJECTS } from './contact-point-objects.ts'
import { ENGAGEMENT_OBJECTS } from './engagement-objects.ts'
import { LOYALTY_OBJECTS } from './loyalty-objects.ts'
import { type ModelObject, standardObject } from './object-shape.ts'
import { PARTY_OBJECTS } from './party-objects.ts'
import { PRODUCT_OBJECTS } from './product-objects.ts'

/** Every standard object of the Customer 360 model that we know, in reading order. */
export const STANDARD_OBJECTS: readonly ModelObject[] = [
  ...PARTY_OBJECTS,
  ...CONTACT_POINT_OBJECTS,
  ...COMMERCE_OBJECTS,
  ...PRODUCT_OBJECTS,
  ...ENGAGEMENT_OBJECTS,
  ...LOYALTY_OBJECTS,
  ...CONSENT_OBJECTS,
].map(standardObject)
