import { type StandardObject } from './object-shape.ts'

/** Orders and service cases (semantics 2.7). */
export const COMMERCE_OBJECTS: readonly StandardObject[] = [
  {
    name: 'SalesOrder',
    category: 'Other',
    says: 'What a customer bought at one time. Documents name two categories: all may map to it.',
    text: `SoldToCustomerId BillToAccountId BillToContactId OrderNumber Name CurrencyCode
      ActivatedByUserId SalesOrderStatusId SalesOrderTypeId SalesChannelId SalesStoreId SellerId
      ShoppingCartId OpportunityId ShipToName ShipToAddressId ShipToContactId ShipToPhoneId
      ShipToEmailId IsAnonymous IsClosed OriginalOrderId DeviceId`,
    number: `GrandTotalAmount TotalAmount TotalProductAmount TotalTaxAmount TotalAdjustmentAmount
      TotalDeliveryAmount AdjustedTotalProductAmount`,
    dateTime: 'PurchaseOrderDate OrderStartDate OrderEndDate',
    to: {
      SoldToCustomerId: 'Individual',
      BillToAccountId: 'Account',
      BillToContactId: 'AccountContact',
      ShipToAddressId: 'ContactPointAddress',
      ShipToContactId: 'AccountContact',
      ShipToPhoneId: 'ContactPointPhone',
      ShipToEmailId: 'ContactPointEmail',
      OriginalOrderId: 'SalesOrder',
      DeviceId: 'Device',
    },
    eventTime: 'PurchaseOrderDate',
    synonyms: {
      CustomerId: 'SoldToCustomerId',
      IndividualId: 'SoldToCustomerId',
      AccountId: 'BillToAccountId',
      OrderDate: 'PurchaseOrderDate',
      SalesOrderId: 'Id',
    },
    anyCategory: true,
  },
  {
    name: 'SalesOrderProduct',
    category: 'Other',
    says: 'One line of a sales order.',
    text: `SalesOrderId ProductId SellerAccountId OriginalOrderProductId OrderProductNumber
      SalesOrderProductStatusId IsGift IsBundleRoot Name CurrencyCode`,
    number: `OrderedQuantity QuantityFulfilled UnitPriceAmount ListPriceAmount TotalLineAmount
      TotalPriceAmount TotalTaxAmount DiscountAmount`,
    to: {
      SalesOrderId: 'SalesOrder',
      ProductId: 'GoodsProduct MasterProduct BundleProduct',
      SellerAccountId: 'Account',
      OriginalOrderProductId: 'SalesOrderProduct',
    },
    synonyms: { SalesOrderProductId: 'Id' },
  },
  {
    name: 'Case',
    category: 'Engagement',
    says:
      'A request of a customer to the service team. IndividualId and CreatedDate as event time ' +
      'are our additions, so that a ticket reaches its person; every category may map to it.',
    text: `CaseNumber AccountId AccountContactId IndividualId AssignedUserId Subject Description
      CasePriorityId CaseStatusId CaseCategoryId CaseTypeId CaseClosureReasonId
      CaseCreationChannelId ParentCaseId`,
    dateTime: 'ClosedDate',
    to: {
      AccountId: 'Account',
      AccountContactId: 'AccountContact',
      IndividualId: 'Individual',
      ParentCaseId: 'Case',
    },
    eventTime: 'CreatedDate',
    synonyms: { CaseId: 'Id', CustomerId: 'IndividualId', PartyId: 'IndividualId' },
    fieldSays: { IndividualId: 'The person who asked. Our addition to the standard object.' },
    anyCategory: true,
  },
]
