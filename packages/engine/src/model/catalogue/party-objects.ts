import { type StandardObject } from './object-shape.ts'

const PRIVACY_UPDATES = `DoNotProcessUpdateDate DoNotProfileUpdateDate DoNotSolicitUpdateDate
  DoNotTrackUpdateDate DoNotGeoTrackUpdateDate DoNotForgetMeUpdateDate DoNotSendDataUpdateDate`

/** People and organisations (semantics 2.5). */
export const PARTY_OBJECTS: readonly StandardObject[] = [
  {
    name: 'Individual',
    category: 'Profile',
    says: 'A person. Identity resolution unifies these.',
    text: `FirstName LastName MiddleName PersonName PreferredName OfficialName MailingName OrderingName
      NameSuffix Salutation TitleName BirthPlace GenderId GenderIdentity MaritalStatusId Occupation
      CurrentEmployerName IsAnonymous IsHomeOwner PrimaryAccountId PrimaryHouseholdId PrimaryLanguageId
      GlobalPartyId PartyTypeId PartyRoles PhotoURL HasOptedOutProcessing HasOptedOutProfiling
      HasOptedOutSolicit HasOptedOutTracking HasOptedOutGeoTracking ShouldForget SendIndividualData
      CanStorePllElsewhere NoMergeReason`,
    number: `BirthDateDay BirthDateMonth BirthDateYear ChildrenCount DependentCount NetWorth
      ConsumerCreditScore InfluencerRating`,
    dateTime: `BirthDate DeathDate ${PRIVACY_UPDATES}`,
    to: { PrimaryAccountId: 'Account' },
    synonyms: { IndividualId: 'Id' },
    fieldSays: {
      Id: 'The key of the person in the source.',
      IsAnonymous: '0, No, N, F, False or empty: a known person.',
      CanStorePllElsewhere: 'Spelled as the standard model spells it.',
    },
  },
  {
    name: 'Account',
    category: 'Profile',
    says: 'An organisation, or a group of people that buys as one.',
    text: `Name Number AccountTypeId AccountBusinessType ParentAccountId PartyId IndividualId
      PrimaryIndustry BillContactAddressId ShippingAddressId SalesPhoneId PrimarySalesContactPointId
      IsActive IsCustomer IsPartner IsSupplier WebsiteAddr`,
    number: 'AnnualRevenueAmount EmployeeCount BalanceAmount',
    dateTime: 'LastActivityDate',
    to: {
      ParentAccountId: 'Account',
      IndividualId: 'Individual',
      BillContactAddressId: 'ContactPointAddress',
      ShippingAddressId: 'ContactPointAddress',
      SalesPhoneId: 'ContactPointPhone',
    },
    synonyms: { AccountId: 'Id' },
  },
  {
    name: 'AccountContact',
    category: 'Profile',
    says: 'A person in their role at an account.',
    text: `AccountId IndividualId ContactEmailId BusinessPhoneId MobilePhoneId HomePhoneId FaxPhoneId
      MailingAddressId ReportsToAccountContactId Title DepartmentName AccountContactRoles AssistantName
      AssistantPhone`,
    to: {
      AccountId: 'Account',
      IndividualId: 'Individual',
      ContactEmailId: 'ContactPointEmail',
      BusinessPhoneId: 'ContactPointPhone',
      MobilePhoneId: 'ContactPointPhone',
      HomePhoneId: 'ContactPointPhone',
      FaxPhoneId: 'ContactPointPhone',
      MailingAddressId: 'ContactPointAddress',
      ReportsToAccountContactId: 'AccountContact',
    },
    synonyms: { AccountContactId: 'Id' },
  },
  {
    name: 'Lead',
    category: 'Profile',
    says: 'Somebody who may become a customer.',
    text: `PartyId AccountId FirstName LastName PersonName Title CompanyName LeadStatusId LeadSourceId
      LeadRatingId IndustryId ConvertedAccountId ConvertedIndividualId IsConverted`,
    number: 'AnnualRevenueAmount EmployeeCount',
    dateTime: 'ConvertedDate',
    to: {
      PartyId: 'Individual',
      AccountId: 'Account',
      ConvertedAccountId: 'Account',
      ConvertedIndividualId: 'Individual',
    },
    synonyms: { LeadId: 'Id', IndividualId: 'PartyId' },
  },
  {
    name: 'Device',
    category: 'Other',
    says: 'A phone, computer or other device.',
    text: 'Name OSName OSVersion DeviceTypeTxt ManufacturerName ModelNumber AdvertiserId',
    synonyms: { DeviceId: 'Id' },
  },
  {
    name: 'SoftwareApplication',
    category: 'Other',
    says: 'An application that is installed on devices.',
    text: 'Name VersionNumber DeviceId PublisherName',
    to: { DeviceId: 'Device' },
    synonyms: { SoftwareApplicationId: 'Id' },
  },
]
