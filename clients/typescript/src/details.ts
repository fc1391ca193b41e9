// Generated from docs/events by npm run generate. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** payment.attention: A person must look */
        "payment.attention": {
            attention: {
                /**
                 * @description an open list: expect others in later versions
                 * @example conflict
                 * @example parked
                 * @example refused_in_doubt
                 * @example manual_refund
                 * @example unconfirmed
                 * @example not_settled
                 * @example auto_capture_failed
                 * @example late
                 * @example authorization_expiring
                 * @example amount_corrected
                 * @example closed_paid
                 * @example unmatched_request
                 * @example odd_code
                 * @example elsewhere
                 * @example unaccounted
                 * @example overdrawn
                 * @example settlement
                 */
                reason: string;
                /** @description for a person */
                detail: string;
            };
        } & components["schemas"]["payment"];
        /** payment.authorized: The amount is reserved on the card; capture it within 7 days */
        "payment.authorized": {
            amount: components["schemas"]["rupiah"];
            payment: components["schemas"]["$defs-payment"];
            /** Format: date-time */
            authorization_expires_at: string;
        } & components["schemas"]["payment"];
        /** payment.captured: The money was taken from an authorisation: all of it, or less */
        "payment.captured": {
            amount: components["schemas"]["rupiah"];
        } & components["schemas"]["payment"];
        /** payment.chargeback_reversed: the bank gave money back to the merchant after a chargeback */
        "payment.chargeback_reversed": {
            amount: components["schemas"]["rupiah"];
        } & components["schemas"]["payment"];
        /** payment.charged_back: the customer's bank took money back */
        "payment.charged_back": {
            amount: components["schemas"]["rupiah"];
        } & components["schemas"]["payment"];
        /** payment.expired: The page ended unpaid (order.status EXPIRED) or the authorisation uncaptured (AUTHORIZATION_EXPIRED); money may still come late */
        "payment.expired": components["schemas"]["payment"];
        /** payment.failed: One attempt was declined; another card may still pay */
        "payment.failed": {
            failure: {
                /** @description the acquirer's response code, 51 for insufficient funds */
                code: string;
                message: string;
            };
        } & components["schemas"]["payment"];
        /** payment.paid: The money was taken at once */
        "payment.paid": {
            amount: components["schemas"]["rupiah"];
            payment: components["schemas"]["$defs-payment"];
        } & components["schemas"]["payment"];
        /** payment.refund_failed: DOKU's people did not carry out a manual refund that DOKU had agreed to */
        "payment.refund_failed": {
            /** @description not given back after all; it can be refunded again */
            amount: components["schemas"]["rupiah"];
            refund: {
                id: string;
                /**
                 * @description DOKU's; an open list
                 * @example MANUAL_FULL_REFUND
                 * @example MANUAL_PARTIAL_REFUND
                 */
                type: string;
                /** @description people at DOKU carry it out, in several days */
                manual: boolean;
            };
        } & components["schemas"]["payment"];
        /** payment.refunded: DOKU agreed to give money back, or gave it back outside kasir */
        "payment.refunded": {
            amount: components["schemas"]["rupiah"];
            refund: {
                id: string;
                /**
                 * @description DOKU's; an open list
                 * @example VOID
                 * @example FULL_REFUND
                 * @example PARTIAL_REFUND
                 * @example MANUAL_FULL_REFUND
                 * @example MANUAL_PARTIAL_REFUND
                 * @example REFUND
                 */
                type: string;
                /** @description people at DOKU carry it out, in several days */
                manual: boolean;
                /** @description kasir did not ask for it: it was made in DOKU's Back Office, or by DOKU */
                elsewhere?: boolean;
            };
        } & components["schemas"]["payment"];
        /** payment.voided: an authorisation was taken back outside kasir */
        "payment.voided": {
            amount: components["schemas"]["rupiah"];
        } & components["schemas"]["payment"];
        /** settlement.reconciled: a settlement report of DOKU was applied to the orders */
        "settlement.reconciled": {
            /** @description the same for the same batch, however often it is sent: keep it, and leave out what you have seen */
            id: string;
            /**
             * Format: date-time
             * @description when the last row was applied
             */
            at: string;
            settlement: {
                /** @description kasir's id of the batch, for GET /settlements/{batch} */
                id: string;
                /** @description DOKU's id of the batch */
                batch_id: string;
                /** @description in the report */
                rows: number;
                /**
                 * Format: date
                 * @description the last pay-out date in the report, in Jakarta
                 */
                paid_out: string;
                /** @description by kind of row: sale, refund, void, chargeback, chargeback_reversed, unknown, and other for other channels than cards; an open list */
                sums: {
                    [key: string]: {
                        /** @description rows */
                        count: number;
                        /** @description whole rupiah, like the other sums */
                        amount: number;
                        fee: number;
                        discount: number;
                        /** @description paid to the merchant; negative if money was taken back */
                        net: number;
                    };
                };
                /** @description how many rows do not match the orders, by kind of difference; empty if all do; an open list */
                differences: {
                    [key: string]: number;
                };
            };
        };
        /** What every event of kasir tells */
        payment: {
            /** @description the same for the same happening, however often it is sent: keep it, and leave out what you have seen */
            id: string;
            /** @description rises with every change of the order: an event with a lower one is older */
            sequence: number;
            /**
             * Format: date-time
             * @description when it happened, as DOKU or kasir tells
             */
            at: string;
            order: {
                invoice_number: string;
                /**
                 * @description after the change; an open list: expect others in later versions
                 * @example CREATING
                 * @example PENDING
                 * @example FAILED
                 * @example AUTHORIZED
                 * @example CAPTURING
                 * @example AUTHORIZATION_EXPIRED
                 * @example EXPIRED
                 * @example NEEDS_REVIEW
                 * @example PAID
                 * @example PARTIALLY_REFUNDED
                 * @example REFUNDED
                 * @example VOIDED
                 */
                status: string;
                /** @description whole rupiah, as asked */
                amount: number;
                /** @description taken so far */
                captured: number;
                /** @description what DOKU agreed to give back */
                refunded: number;
                /** @description what may still be given back */
                refundable: number;
                /** @description went back outside kasir, by refunds and voids; absent if nothing did */
                refunded_elsewhere?: number;
                /** @description the customer's bank took it back, less what was reversed; absent if it took nothing */
                charged_back?: number;
            };
            $defs: {
                /** @description whole rupiah */
                rupiah: number;
                payment: {
                    approval_code?: string;
                    acquirer?: string;
                    /** @description six and four digits at most */
                    masked_card?: string;
                    brand?: string;
                    issuer?: string;
                };
            };
        };
        /** @description whole rupiah */
        rupiah: number;
        "$defs-payment": {
            approval_code?: string;
            acquirer?: string;
            /** @description six and four digits at most */
            masked_card?: string;
            brand?: string;
            issuer?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
