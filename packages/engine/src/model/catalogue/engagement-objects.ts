import { type StandardObject } from './object-shape.ts'

const BASE_TEXT = `IndividualId EngagementChannelActionId EngagementChannelId EngagementChannelTypeId
  EngagementTypeId EngagementVehicleId EngagementAssetId EngagementPublicationId
  EngagementEventDirectionId EngagementNotesTxt ContactPointId AccountContactId CaseId LeadlId
  SalesOrderId ShoppingCartId SessionId WebCookieId LinkURL Referrer ReferrerURL Name MarketSegmentId
  MarketJourneyActivityId MarketAudienceId IsTestSend DeviceIPAddress DeviceLocaleId DevicePostalCode
  DeviceCountryId TargetEngagementActorId WorkflowId TaskId`
const BASE_NUMBER = 'EngagementNbr DeviceLatitude DeviceLongitude'
const BASE_DATES = 'EngagementDateTm SentDateTm'
const BASE_TO = {
  IndividualId: 'Individual',
  ContactPointId: `ContactPointEmail ContactPointPhone ContactPointAddress ContactPointApp
    ContactPointSocial ContactPointOTTService`,
  AccountContactId: 'AccountContact',
  CaseId: 'Case',
  LeadlId: 'Lead',
  SalesOrderId: 'SalesOrder',
}
const PRODUCTS = 'GoodsProduct BundleProduct MasterProduct'

interface OwnFields {
  readonly name: string
  readonly says: string
  readonly text?: string
  readonly number?: string
  readonly dateTime?: string
  readonly to?: Readonly<Record<string, string>>
}

function engagement(own: OwnFields): StandardObject {
  return {
    ...own,
    category: 'Engagement',
    text: `${BASE_TEXT} ${own.text ?? ''}`,
    number: `${BASE_NUMBER} ${own.number ?? ''}`,
    dateTime: `${BASE_DATES} ${own.dateTime ?? ''}`,
    to: { ...BASE_TO, ...own.to },
    eventTime: 'EngagementDateTm',
    synonyms: {
      EventDate: 'EngagementDateTm',
      PartyId: 'IndividualId',
      CustomerId: 'IndividualId',
      LeadId: 'LeadlId',
      EngagementId: 'Id',
    },
    fieldSays: {
      EngagementDateTm: 'When it happened: the event time.',
      LeadlId: 'Spelled as the standard model spells it.',
    },
    derivesKey: true,
    isEvent: true,
  }
}

/** What people did, one row an event (semantics 2.8). */
export const ENGAGEMENT_OBJECTS: readonly StandardObject[] = [
  engagement({
    name: 'EmailEngagement',
    says: 'Sends, opens, clicks and bounces of e-mail (EngagementChannelActionId).',
    text: `SubjectLineTxt EmailName EmailFromAddr EmailFromName EmailDomainName SendClassificationId
      SendtimeEmailAddress BounceReasonText`,
  }),
  engagement({
    name: 'WebsiteEngagement',
    says: 'Visits of a website.',
    text: `PageURL BrowserName OSName DeviceTypeTxt DeviceOSName DomainName IPAddr WebSessionId
      PersonalizationContentId`,
    dateTime: 'VisitStartTm VisitEndTm',
  }),
  engagement({
    name: 'ProductBrowseEngagement',
    says: 'Products that were looked at.',
    text: `ProductId ProductSKU ProductBrandName ProductCategoryName ProductColorName KeywordSearch
      ProductViewURL SearchFilterName SearchFilterValue`,
    number: 'ProductPriceAmount ProductQuantity',
    to: { ProductId: PRODUCTS },
  }),
  engagement({
    name: 'ShoppingCartEngagement',
    says: 'Changes of a shopping cart.',
    text: 'ShoppingCartEventTypeId ProductId CurrencyId PromotionCouponId',
    number: 'NetOrderAmount TotalProductAmount TotalProductQuantity TotalTaxAmount',
    to: { ProductId: PRODUCTS },
  }),
  engagement({
    name: 'ShoppingCartProductEngagement',
    says: 'One product of a change of a shopping cart.',
    text: 'ShoppingCartEngagementId ProductId ProductSKU CurrencyId',
    number: 'ProductPriceAmount ProductQuantity',
    to: { ShoppingCartEngagementId: 'ShoppingCartEngagement', ProductId: PRODUCTS },
  }),
  engagement({
    name: 'ProductOrderEngagement',
    says: 'Products that were ordered, as behaviour.',
    text: 'ProductId ProductSKU SalesOrderProductId CurrencyId',
    number: 'ProductPriceAmount ProductQuantity TotalProductAmount TotalTaxAmount',
    to: { ProductId: PRODUCTS, SalesOrderProductId: 'SalesOrderProduct' },
  }),
  engagement({
    name: 'DeviceApplicationEngagement',
    says: 'What was done in an application on a device.',
    text: `DeviceId SoftwareApplicationId ApplicationName ApplicationVersion ScreenName OSName
      DeviceTypeTxt`,
    to: { DeviceId: 'Device', SoftwareApplicationId: 'SoftwareApplication' },
  }),
  engagement({
    name: 'MessageEngagement',
    says: 'Text messages, push messages and chats.',
    text: 'MessageName MessageBodyTxt MessageFromNumber MessageToNumber ConversationId DeliveryStatusId',
  }),
  engagement({
    name: 'WebSearchEngagement',
    says: 'Searches on a website.',
    text: 'SearchKeywordsTxt SearchFilterName SearchFilterValue PageURL',
    number: 'ResultCount',
  }),
]
