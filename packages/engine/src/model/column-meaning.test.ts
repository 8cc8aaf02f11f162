import { describe, expect, test } from 'vitest'
import { columnMeaning, nameWords } from './column-meaning.ts'
import { NO_SHAPES } from './no-shapes.fixture.ts'

describe('names in several styles and languages', () => {
  const cases: Record<string, string> = {
    KUNNR_EMAIL: 'email',
    customer_email: 'email',
    'requester.email': 'email',
    'E-Mail': 'email',
    emailAddress: 'email',
    SMTP_ADDR: 'email',
    TELF1: 'phone',
    mobile_phone: 'mobile',
    Vorname: 'firstName',
    prénom: 'firstName',
    GivenName: 'firstName',
    NAME1: 'lastName',
    surname: 'lastName',
    apellidos: 'lastName',
    PSTLZ: 'postalCode',
    code_postal: 'postalCode',
    ORT01: 'city',
    Straße: 'street',
    address_line_2: 'street2',
    LAND1: 'country',
    country_region: 'country',
    stateProvince: 'state',
    KUNNR: 'customerId',
    customerId: 'customerId',
    VBELN: 'orderId',
    InvoiceNo: 'orderId',
    StockCode: 'productId',
    loyalty_no: 'loyaltyNumber',
    NETWR: 'amount',
    created_by: 'null',
    product_name: 'productName',
    PRIMARY_NAME_LAST: 'lastName',
    PRIMARY_NAME_FULL: 'fullName',
    PASSPORT_NUMBER: 'documentNumber',
    PASSPORT_COUNTRY: 'null',
    street_number: 'null',
    OrderLineItem: 'null',
    favourite_colour: 'null',
  }
  test.each(Object.entries(cases))('%s is %s', (name, meaning) => {
    const column = {
      name,
      type: 'Text' as const,
      rows: 0,
      blank: 0,
      distinct: 0,
      samples: [],
      shapes: NO_SHAPES,
    }
    expect(String(columnMeaning(column)?.meaning ?? null)).toBe(meaning)
  })

  test('words of a name are found in every style', () => {
    expect(nameWords('customerEMailAddress')).toEqual(['customer', 'e', 'mail', 'address'])
    expect(nameWords('KUNNR_EMAIL')).toEqual(['kunnr', 'email'])
    expect(nameWords('__proto__')).toEqual(['proto'])
  })
})
