// The acquirers of DOKU for the shop's installments, with the banks' names.
export const banks = {
  BCA: "BCA",
  BANK_MANDIRI: "Bank Mandiri",
  BNI: "BNI",
  BANK_PERMATA: "Permata",
  DANAMON: "Danamon",
  OCBC_NISP: "OCBC NISP",
  HSBC: "HSBC",
  BUKOPIN: "Bukopin",
};

export const bankName = (acquirer) => banks[acquirer] ?? acquirer;
