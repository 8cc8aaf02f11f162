import { type StandardObject } from './object-shape.ts'

const CAPTURED_TEXT = `ConsentStatusId ConsentCapturedSourceName ConsentCapturedContactPointTypeId
  DataUsePurposeId PartyRoleId Name`
const CAPTURED_DATES = 'ConsentCapturedDateTime EffectiveFromDate EffectiveToDate'
const CAPTURED_TO = { DataUsePurposeId: 'DataUsePurpose', ConsentStatusId: 'ConsentStatus' }
const CONTACT_POINTS = `ContactPointEmail ContactPointPhone ContactPointAddress ContactPointSocial
  ContactPointApp ContactPointOTTService`

/** What people allow, from the widest level to the narrowest (semantics 2.8). */
export const CONSENT_OBJECTS: readonly StandardObject[] = [
  {
    name: 'EngagementChannelTypeConsent',
    category: 'Engagement',
    says: 'Consent to a kind of channel; also called contact point type consent.',
    text: `PartyId EngagementChannelTypeId ${CAPTURED_TEXT}`,
    dateTime: CAPTURED_DATES,
    to: {
      PartyId: 'Individual',
      EngagementChannelTypeId: 'EngagementChannelType',
      ...CAPTURED_TO,
    },
    eventTime: 'ConsentCapturedDateTime',
    synonyms: { IndividualId: 'PartyId' },
    derivesKey: true,
  },
  {
    name: 'ContactPointConsent',
    category: 'Other',
    says: 'Consent to one contact point.',
    text: `ContactPointId PartyId EngagementChannelTypeId ${CAPTURED_TEXT}`,
    dateTime: `${CAPTURED_DATES} DoubleConsentCaptureDate`,
    to: {
      ContactPointId: CONTACT_POINTS,
      PartyId: 'Individual',
      EngagementChannelTypeId: 'EngagementChannelType',
      ...CAPTURED_TO,
    },
    synonyms: { IndividualId: 'PartyId' },
    derivesKey: true,
  },
  {
    name: 'CommunicationSubscriptionConsent',
    category: 'Other',
    says: 'Consent to a subscription; joined by the value of the contact point, not by party.',
    text: `CommunicationSubscriptionChannelTypeId ContactPointValueText ConsentStatus
      ${CAPTURED_TEXT}`,
    dateTime: CAPTURED_DATES,
    to: {
      CommunicationSubscriptionChannelTypeId: 'CommunicationSubscriptionChannelType',
      ...CAPTURED_TO,
    },
    derivesKey: true,
  },
  {
    name: 'PartyConsent',
    category: 'Other',
    says: 'Consent of a party as a whole.',
    text: `PartyId PrivacyConsentId PrivacyConsentStatusId Action ${CAPTURED_TEXT}`,
    dateTime: CAPTURED_DATES,
    to: { PartyId: 'Individual', ...CAPTURED_TO },
    synonyms: { IndividualId: 'PartyId' },
    derivesKey: true,
  },
  {
    name: 'CommunicationSubscription',
    category: 'Other',
    text: 'Name Description DataUsePurposeId',
    to: { DataUsePurposeId: 'DataUsePurpose' },
  },
  {
    name: 'CommunicationSubscriptionChannelType',
    category: 'Other',
    text: 'Name CommunicationSubscriptionId EngagementChannelTypeId MessagingChannelId',
    to: {
      CommunicationSubscriptionId: 'CommunicationSubscription',
      EngagementChannelTypeId: 'EngagementChannelType',
    },
  },
  { name: 'EngagementChannelType', category: 'Other', text: 'Name ContactPointTypeId UsageType' },
  {
    name: 'AuthorizationForm',
    category: 'Other',
    text: 'Name DefaultAuthorizationFormTextId RevisionNumber IsSignatureRequired',
    dateTime: 'EffectiveFromDate EffectiveToDate',
    to: { DefaultAuthorizationFormTextId: 'AuthorizationFormText' },
  },
  {
    name: 'AuthorizationFormConsent',
    category: 'Other',
    text: `PartyId AuthorizationFormTextId ConsentStatusId ConsentCapturedSourceName
      ConsentCapturedSourceTypeId Name`,
    dateTime: 'ConsentCapturedDateTime',
    to: {
      PartyId: 'Individual',
      AuthorizationFormTextId: 'AuthorizationFormText',
      ConsentStatusId: 'ConsentStatus',
    },
    synonyms: { IndividualId: 'PartyId' },
    derivesKey: true,
  },
  {
    name: 'AuthorizationFormText',
    category: 'Other',
    text: 'Name AuthorizationFormId SummaryText FullAuthorizationFormURL LocaleId IsActive',
    to: { AuthorizationFormId: 'AuthorizationForm' },
  },
  {
    name: 'AuthorizationFormDataUse',
    category: 'Other',
    text: 'Name AuthorizationFormId DataUsePurposeId',
    to: { AuthorizationFormId: 'AuthorizationForm', DataUsePurposeId: 'DataUsePurpose' },
  },
  {
    name: 'PrivacyConsentLog',
    category: 'Other',
    text: 'PartyId ContactPointValueText ConsentStatusId DataUsePurposeId RequestTypeId Name',
    dateTime: 'ConsentCapturedDateTime',
    to: { PartyId: 'Individual', ...CAPTURED_TO },
    synonyms: { IndividualId: 'PartyId' },
    derivesKey: true,
  },
  {
    name: 'DataUsePurpose',
    category: 'Other',
    text: 'Name Description DataUseLegalBasisId CanDataSubjectOptOut',
    to: { DataUseLegalBasisId: 'DataUseLegalBasis' },
  },
  { name: 'DataUseLegalBasis', category: 'Other', text: 'Name Description Source' },
  { name: 'ConsentStatus', category: 'Other', text: 'Name Description' },
]
