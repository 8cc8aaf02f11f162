import { type StandardObject } from './object-shape.ts'

/** Loyalty programs, their members and what these earn (semantics 2.5). */
export const LOYALTY_OBJECTS: readonly StandardObject[] = [
  {
    name: 'LoyaltyProgram',
    category: 'Other',
    text: 'Name Description LoyaltyProgramStatusId CurrencyId',
    dateTime: 'StartDate EndDate',
    synonyms: { LoyaltyProgramId: 'Id' },
  },
  {
    name: 'LoyaltyProgramMember',
    category: 'Other',
    says: 'A person or account that takes part in a loyalty program.',
    text: `PartyId AccountId AccountContactId LoyaltyProgramId MembershipNumber MemberStatusId MemberTypeId
      CanReceivePromotions CanReceivePartnerPromotions EnrollmentChannelId ReferredByMemberId`,
    dateTime: 'EnrollmentDate MembershipEndDate LastActivityDate',
    to: {
      PartyId: 'Individual',
      AccountId: 'Account',
      AccountContactId: 'AccountContact',
      LoyaltyProgramId: 'LoyaltyProgram',
      ReferredByMemberId: 'LoyaltyProgramMember',
    },
    synonyms: { IndividualId: 'PartyId', LoyaltyProgramMemberId: 'Id' },
  },
  {
    name: 'LoyaltyMemberCurrency',
    category: 'Other',
    text: 'LoyaltyProgramMemberId LoyaltyProgramId Name CurrencyTypeId',
    number:
      'PointsBalance TotalPointsAccrued TotalPointsRedeemed TotalPointsExpired EscrowPointsBalance',
    dateTime: 'LastAccrualDate LastExpirationDate NextResetDate',
    to: { LoyaltyProgramMemberId: 'LoyaltyProgramMember', LoyaltyProgramId: 'LoyaltyProgram' },
  },
  {
    name: 'LoyaltyMemberTier',
    category: 'Other',
    text: 'LoyaltyProgramMemberId LoyaltyTierId LoyaltyTierGroupId Name ReasonForTierChange',
    dateTime: 'EffectiveDate ExpirationDate',
    to: { LoyaltyProgramMemberId: 'LoyaltyProgramMember', LoyaltyTierId: 'LoyaltyTier' },
  },
  {
    name: 'LoyaltyTier',
    category: 'Other',
    text: 'Name LoyaltyTierGroupId LoyaltyProgramId',
    number: 'SequenceNumber MinimumEligibleBalance MaximumEligibleBalance',
    to: { LoyaltyProgramId: 'LoyaltyProgram' },
  },
  {
    name: 'LoyaltyTransactionJournal',
    category: 'Other',
    says: 'What a member did that earns or spends points.',
    text: `LoyaltyProgramMemberId LoyaltyProgramId SalesOrderId SalesOrderProductId JournalTypeId
      JournalSubTypeId JournalStatusId TransactionCurrencyId`,
    number: 'TransactionAmount Quantity',
    dateTime: 'ActivityDate JournalDate',
    to: {
      LoyaltyProgramMemberId: 'LoyaltyProgramMember',
      LoyaltyProgramId: 'LoyaltyProgram',
      SalesOrderId: 'SalesOrder',
      SalesOrderProductId: 'SalesOrderProduct',
    },
  },
  {
    name: 'LoyaltyLedger',
    category: 'Other',
    says: "One change of a member's points.",
    text: `LoyaltyProgramMemberId LoyaltyProgramId LoyaltyTransactionJournalId EventTypeId
      LoyaltyCurrencyId`,
    number: 'Points',
    dateTime: 'ActivityDate ExpirationDate',
    to: {
      LoyaltyProgramMemberId: 'LoyaltyProgramMember',
      LoyaltyProgramId: 'LoyaltyProgram',
      LoyaltyTransactionJournalId: 'LoyaltyTransactionJournal',
    },
  },
  {
    name: 'Voucher',
    category: 'Other',
    text: `LoyaltyProgramMemberId PartyId VoucherCode VoucherNumber VoucherTypeId VoucherStatusId
      CurrencyCode`,
    number: 'FaceValueAmount RemainingValueAmount RedeemedValueAmount DiscountPercent',
    dateTime: 'EffectiveDate ExpirationDate UseDate',
    to: { LoyaltyProgramMemberId: 'LoyaltyProgramMember', PartyId: 'Individual' },
    synonyms: { IndividualId: 'PartyId' },
  },
]
