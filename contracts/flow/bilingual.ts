/** A sentence for the people who draw flows, in the two languages that the product speaks to them. */
export interface Bilingual {
  en: string;
  cs: string;
}
