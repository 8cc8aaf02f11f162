import { type StandardObject } from './object-shape.ts'

const SHARED_TEXT = `PartyId ContactPointTypeId UsageType PrimaryFlag IsActive IsUndeliverable IsVerified
  ForBusinessUse ForPersonalUse BestTimeToContactStartTime BestTimeToContactEndTime TimezoneCode
  PartyRoleId`
const SHARED_NUMBER = 'PreferenceRankNumber ProfileOccurrenceCount'
const SHARED_DATES = `ActiveFromDate ActiveToDate ProfileFirstCreatedDate ProfileLastUpdatedDate`
const PARTY = 'Individual Account'

interface OwnFields {
  readonly name: string
  readonly says: string
  readonly text: string
  readonly number?: string
  readonly dateTime?: string
  readonly to?: Readonly<Record<string, string>>
  readonly synonyms?: Readonly<Record<string, string>>
  readonly values: string
  readonly needsValue?: boolean
}

function contactPoint(own: OwnFields): StandardObject {
  return {
    ...own,
    category: 'Other',
    text: `${SHARED_TEXT} ${own.text}`,
    number: `${SHARED_NUMBER} ${own.number ?? ''}`,
    dateTime: `${SHARED_DATES} ${own.dateTime ?? ''}`,
    to: { PartyId: PARTY, ...own.to },
    synonyms: { IndividualId: 'PartyId', AccountId: 'PartyId', ...own.synonyms },
    fieldSays: { PartyId: 'The individual or account that is reached here.' },
    isContactPoint: true,
    needsValue: own.needsValue ?? true,
    derivesKey: true,
  }
}

/** Ways to reach a party, and outside numbers that name one (semantics 2.6). */
export const CONTACT_POINT_OBJECTS: readonly StandardObject[] = [
  contactPoint({
    name: 'ContactPointEmail',
    says: 'An e-mail address of a party.',
    text: 'EmailAddress EmailDomain EmailMailBox EmailLatestBounceReasonText',
    dateTime: 'EmailLatestBounceDateTime',
    values: 'EmailAddress',
  }),
  contactPoint({
    name: 'ContactPointPhone',
    says: 'A phone number of a party.',
    text: `TelephoneNumber FormattedE164PhoneNumber FormattedInternationalPhoneNumber
      FormattedNationalPhoneNumber PhoneCountryCode AreaCode ExtensionNumber ShortCode CountryId
      CountryName CityName PostalCodeText StateProvinceText IsSMSCapable IsVoiceCapable IsFaxCapable
      PrimaryPhoneTypeId DeviceId`,
    to: { DeviceId: 'Device' },
    synonyms: { PhoneNumber: 'TelephoneNumber' },
    values: 'TelephoneNumber FormattedE164PhoneNumber',
  }),
  contactPoint({
    name: 'ContactPointAddress',
    says: 'A postal address of a party.',
    text: `AddressLine1 AddressLine2 AddressLine3 AddressLine4 CityId CityName StateProvinceId
      StateProvinceName PostalCodeId PostalCodeText CountryId CountryName CountryRegionId
      IsUsedForBilling IsUsedForShipping IsUsedForMailing ContactPhoneId`,
    number: 'GeoLatitude GeoLongitude GeoAccuracy',
    to: { ContactPhoneId: 'ContactPointPhone' },
    values: `AddressLine1 AddressLine2 AddressLine3 AddressLine4 CityId CityName PostalCodeId
      PostalCodeText`,
  }),
  contactPoint({
    name: 'ContactPointApp',
    says: 'An application on a device, as a way to reach a party.',
    text: 'DeviceId SoftwareApplicationId ApplicationLoginId AssetTypeId CookieIdText',
    number: 'BadgeCount',
    to: { DeviceId: 'Device', SoftwareApplicationId: 'SoftwareApplication' },
    values: 'DeviceId SoftwareApplicationId ApplicationLoginId CookieIdText',
    needsValue: false,
  }),
  contactPoint({
    name: 'ContactPointSocial',
    says: 'A handle of a party on a social network.',
    text: 'SocialHandleName SocialNetworkId SocialNetworkName ProfileURL',
    values: 'SocialHandleName ProfileURL',
  }),
  contactPoint({
    name: 'ContactPointOTTService',
    says: 'An address of a party on a messaging service.',
    text: 'OTTServiceName OTTServiceUserId',
    values: 'OTTServiceUserId',
    needsValue: false,
  }),
  {
    name: 'ContactPointDigitalId',
    category: 'Other',
    says: 'Advertising ids of a person.',
    text: 'IndividualId GAID MAID IDFA',
    to: { IndividualId: 'Individual' },
    synonyms: { PartyId: 'IndividualId' },
    isContactPoint: true,
    values: 'GAID MAID IDFA',
    needsValue: true,
    derivesKey: true,
  },
  {
    name: 'PartyIdentification',
    category: 'Other',
    says: 'A number that an outside system knows a party by: loyalty card, passport, device id.',
    text: `PartyId Name IdentificationNumber PartyIdentificationTypeId IssuedAtLocation
      IssuedByAuthority VerifiedByUserId PartyRoleId`,
    dateTime: 'IssuedDate ExpiryDate VerifiedDate',
    to: { PartyId: PARTY },
    synonyms: { IndividualId: 'PartyId', AccountId: 'PartyId' },
    fieldSays: {
      Id: 'A key of the platform, made from party, type, name and number. Never a source key.',
      Name: 'The name of the kind of number, such as Loyalty.',
    },
    values: 'IdentificationNumber',
    needsValue: true,
    derivesKey: true,
  },
]
