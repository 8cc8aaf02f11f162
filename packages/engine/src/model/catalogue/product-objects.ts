import { type StandardObject } from './object-shape.ts'

const PRODUCT_TEXT = `Name Description LongDescription ProductSKU BrandId MasterProductId
  PrimaryProductCategory ColorId SizeUOMId StyleId SeasonId ProductStatusId ManufacturerName
  ModelNumber IsSellable`
const PRODUCT_NUMBER = 'MSRPAmount'
const PRODUCT_TO = {
  BrandId: 'Brand',
  MasterProductId: 'MasterProduct',
  PrimaryProductCategory: 'ProductCategory',
}

function product(name: string, says: string): StandardObject {
  const fields = { text: PRODUCT_TEXT, number: PRODUCT_NUMBER, to: PRODUCT_TO }
  return { name, category: 'Other', says, ...fields, synonyms: { ProductId: 'Id' } }
}

/** What is sold, and how it is grouped (semantics 2.7). */
export const PRODUCT_OBJECTS: readonly StandardObject[] = [
  product('GoodsProduct', 'A physical thing that is sold.'),
  product('Product', 'Anything that is sold.'),
  product('MasterProduct', 'A product that variants belong to.'),
  product('BundleProduct', 'Products that are sold as one.'),
  {
    name: 'ProductCategory',
    category: 'Other',
    text: 'Name Description ParentCategoryId ProductCatalogId IsNavigational',
    number: 'SortOrder',
    to: { ParentCategoryId: 'ProductCategory', ProductCatalogId: 'ProductCatalog' },
  },
  {
    name: 'ProductCategoryProduct',
    category: 'Other',
    says: 'That a product belongs to a category.',
    text: 'ProductCategoryId ProductId IsPrimaryCategory',
    to: {
      ProductCategoryId: 'ProductCategory',
      ProductId: 'GoodsProduct MasterProduct BundleProduct',
    },
  },
  { name: 'ProductCatalog', category: 'Other', text: 'Name Description' },
  {
    name: 'Brand',
    category: 'Other',
    text: 'Name Description ParentBrandId',
    to: { ParentBrandId: 'Brand' },
  },
]
