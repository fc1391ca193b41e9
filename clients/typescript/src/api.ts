// Generated from docs/api.yaml by npm run generate. Do not edit.

export interface paths {
    "/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a payment page
         * @description An invoice number has one page at a time, even if the request is sent many times. A repeat must have the same body, and gets the same page. After a page has ended unpaid, the same body gets the order's next page (201), if check status reports that nothing was paid. Before the end, another body is 409, and the answer contains the time at which the page ends. After the end, another amount, type, promo or customer is 409 too. The invoice number is the key. With an invoice number, the header Idempotency-Key changes nothing and is not read. Without one, the header names the order: the same key of the same caller is the same order, and the answer contains its invoice number. The body is DOKU's create-page body (docs/doku.md has every field and rule). A token without payments:price must send a quote.
         */
        post: operations["createpage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a payment
         * @description A caller reads only its own payments, unless the token has payments:read:all. Only this answer proves a payment. The browser's return never does.
         */
        get: operations["getpayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the money of an authorised payment
         * @description An order is captured once, so its invoice number is the key. The header Idempotency-Key changes nothing and is not read. A repeat must have the same amount. {} captures the whole authorised amount. An empty body, or a payment without an amount, is 422.
         */
        post: operations["capture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give money back, once per Idempotency-Key
         * @description Each key makes one refund. A repeat under the same key must have the same refund.amount, and gets the same refund. With another amount it is 422. After a refusal the same key may be used to ask again. kasir compares expected_refundable when the refund is first asked for. It ignores expected_refundable in a repeat of a refund that it knows.
         */
        post: operations["refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an unpaid order no further page
         * @description Use it for an order that nobody should pay any more. DOKU cannot withdraw an open page. If money still comes, the order is PAID and a person is called (payment.attention, closed_paid). A repeat changes nothing and gets the same answer. An order that is authorised or paid is 409.
         */
        post: operations["close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record what a person found in DOKU's Back Office
         * @description Send either operation and outcome, or conflict and decision, never both. operation is for an operation that is IN_REVIEW or a refund that is MANUAL. The first decision about a conflict is final: the same decision again is 200, and another one is 409. counts makes the reported payment count. It is 422 if DOKU reported no payment that can count. None of these can be undone. An id that the order does not have is 422.
         */
        post: operations["resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{customer_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cards a customer has saved at DOKU
         * @description Each process asks DOKU at most once in 5 seconds for one customer. Within that time it gives the same answer again. A card that was just saved may be missing for that long.
         */
        get: operations["listtokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{customer_id}/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a saved card */
        delete: operations["unbind"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * For DOKU: report the result of a payment
         * @description DOKU signs the raw bytes. The answer is 200 only after the report is stored.
         */
        post: operations["notify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Format: int64 */
        Rupiah: number;
        PageRequest: {
            order: {
                /** @description may be left out if an Idempotency-Key is sent */
                invoice_number?: string;
                /** Format: int64 */
                amount: number;
                line_items?: {
                    name?: string;
                    price?: components["schemas"]["Rupiah"];
                    quantity?: number;
                }[];
                callback_url?: string;
                failed_url?: string;
                auto_redirect?: boolean;
                descriptor?: string;
                session_id?: string;
            };
            card?: {
                token?: string;
                save?: boolean;
            };
            customer: {
                id?: string;
                name?: string;
                email?: string;
                phone?: string;
                address?: string;
                country?: string;
            };
            payment?: {
                /** @enum {string} */
                type?: "SALE" | "INSTALLMENT" | "AUTHORIZE" | "AUTHORIZATION" | "MOTO" | "RECURRING";
                auto_capture?: boolean;
                acquirer?: string;
                tenor?: number;
            };
            override_configuration?: {
                /** @description only cards with these BINs may pay. If it is left out, every card may pay */
                allow_bin?: string[];
                /** @description only these tenors may be chosen */
                allow_tenor?: number[];
            };
            additional_info?: {
                override_notification_url?: string;
                settlement?: Record<string, never>[];
                account?: {
                    id: string;
                };
                /** @description the merchant's own columns in DOKU's settlement report */
                report?: {
                    key: string;
                    value: string;
                }[];
            };
            /** @description a JWT that the merchant's back end signed, see docs/quotes.md */
            quote?: string;
        };
        Page: {
            order: components["schemas"]["Order"];
            credit_card_payment_page: {
                url: string;
            };
            status: components["schemas"]["Status"];
        };
        Order: {
            invoice_number: string;
            amount: components["schemas"]["Rupiah"];
        };
        /** @description NEEDS_REVIEW replaces CREATING, PENDING, FAILED and EXPIRED while DOKU reports money that does not match and nobody has decided about it. This is an open list: expect others in later releases. */
        Status: string;
        Payment: {
            order: components["schemas"]["Order"];
            status: components["schemas"]["Status"];
            /** @description only for callers that may read the payment, and only until the page ends */
            page?: {
                url: string;
                /** Format: date-time */
                expires_at: string;
            };
            authorization?: {
                amount: components["schemas"]["Rupiah"];
                /** Format: date-time */
                at: string;
                /** Format: date-time */
                expires_at: string;
            };
            paid?: {
                amount: components["schemas"]["Rupiah"];
                /** Format: date-time */
                at: string;
                approval_code?: string;
            };
            captured?: components["schemas"]["Rupiah"];
            refunded?: components["schemas"]["Rupiah"];
            refundable?: components["schemas"]["Rupiah"];
            refunds?: components["schemas"]["Refund"][];
            installment?: {
                acquirer: string;
                tenor: number;
            };
            card?: {
                masked: string;
                brand?: string;
                issuer?: string;
                type?: string;
            };
            failures?: {
                /** Format: date-time */
                at: string;
                code?: string;
                message?: string;
            }[];
            /** @description the money came after the page had ended */
            late?: boolean;
            /** @description the order is EXPIRED, and DOKU did not answer for a day after the page's end whether it was paid */
            unconfirmed?: boolean;
            /** @description a capture whose outcome is not known */
            capture?: {
                amount: components["schemas"]["Rupiah"];
                status: string;
                /** Format: date-time */
                at: string;
                last_answer?: components["schemas"]["LastAnswer"];
            };
            /** @description present while a conflict is open; reason names the difference between DOKU's report and the order */
            conflict?: {
                reason: string;
            };
            /** @description every conflict, with those that are decided; only with payments:read:all */
            conflicts?: components["schemas"]["Conflict"][];
            /** @description reports of DOKU to look at, which do not hold the order; only with payments:read:all */
            remarks?: {
                kind: string;
                detail: string;
                /** Format: date-time */
                at: string;
            }[];
            /** @description a person closed the order; by, username and note only with payments:read:all */
            closed?: {
                /** Format: date-time */
                at: string;
                by?: string;
                username?: string;
                note?: string;
            };
            review?: {
                operations: {
                    id: string;
                    amount: components["schemas"]["Rupiah"];
                    /** @description only with payments:read:all */
                    request_id?: string;
                    /** Format: date-time */
                    since: string;
                }[];
            };
            /** @description only with payments:read:all */
            history?: {
                /** Format: date-time */
                at: string;
                what: string;
                of?: string;
                detail?: string;
            }[];
        };
        Refund: {
            id: string;
            amount: components["schemas"]["Rupiah"];
            /** @description DOKU's: VOID, FULL_REFUND, PARTIAL_REFUND, MANUAL_FULL_REFUND, MANUAL_PARTIAL_REFUND */
            type?: string;
            status: string;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            done_at?: string;
            /** @description DOKU's reason for a refusal */
            message?: string;
            last_answer?: components["schemas"]["LastAnswer"];
            /** @description the subject of the token that sent the first request; only with payments:read:all */
            requested_by?: string;
            resolved?: components["schemas"]["Act"];
        };
        Conflict: {
            id: string;
            kind: string;
            detail: string;
            /**
             * Format: int64
             * @description the amount that DOKU reported, and that the decision counts would make count
             */
            amount?: number;
            /** Format: date-time */
            at?: string;
            /** @description absent: nobody has decided */
            decision?: string;
            decided?: components["schemas"]["Act"];
        };
        /** @description who acted, when and why; only with payments:read:all */
        Act: {
            /** Format: date-time */
            at: string;
            /** @description the subject of the token, or the name that an operator gave */
            by: string;
            username?: string;
            note?: string;
        };
        /** @description Only with payments:read:all. A refusal by DOKU that kasir did not believe, since an earlier attempt at the same request may have been carried out. kasir sends nothing again. Check status decides, or a person does. */
        LastAnswer: {
            code: string;
            message: string;
        };
        Refunded: {
            order: components["schemas"]["Order"];
            status: components["schemas"]["Status"];
            /** @description only for callers that may read the payment, and only until the page ends */
            page?: {
                url: string;
                /** Format: date-time */
                expires_at: string;
            };
            authorization?: {
                amount: components["schemas"]["Rupiah"];
                /** Format: date-time */
                at: string;
                /** Format: date-time */
                expires_at: string;
            };
            paid?: {
                amount: components["schemas"]["Rupiah"];
                /** Format: date-time */
                at: string;
                approval_code?: string;
            };
            captured?: components["schemas"]["Rupiah"];
            refunded?: components["schemas"]["Rupiah"];
            refundable?: components["schemas"]["Rupiah"];
            refunds?: components["schemas"]["Refund"][];
            installment?: {
                acquirer: string;
                tenor: number;
            };
            card?: {
                masked: string;
                brand?: string;
                issuer?: string;
                type?: string;
            };
            failures?: {
                /** Format: date-time */
                at: string;
                code?: string;
                message?: string;
            }[];
            /** @description the money came after the page had ended */
            late?: boolean;
            /** @description the order is EXPIRED, and DOKU did not answer for a day after the page's end whether it was paid */
            unconfirmed?: boolean;
            /** @description a capture whose outcome is not known */
            capture?: {
                amount: components["schemas"]["Rupiah"];
                status: string;
                /** Format: date-time */
                at: string;
                last_answer?: components["schemas"]["LastAnswer"];
            };
            /** @description present while a conflict is open; reason names the difference between DOKU's report and the order */
            conflict?: {
                reason: string;
            };
            /** @description every conflict, with those that are decided; only with payments:read:all */
            conflicts?: components["schemas"]["Conflict"][];
            /** @description reports of DOKU to look at, which do not hold the order; only with payments:read:all */
            remarks?: {
                kind: string;
                detail: string;
                /** Format: date-time */
                at: string;
            }[];
            /** @description a person closed the order; by, username and note only with payments:read:all */
            closed?: {
                /** Format: date-time */
                at: string;
                by?: string;
                username?: string;
                note?: string;
            };
            review?: {
                operations: {
                    id: string;
                    amount: components["schemas"]["Rupiah"];
                    /** @description only with payments:read:all */
                    request_id?: string;
                    /** Format: date-time */
                    since: string;
                }[];
            };
            /** @description only with payments:read:all */
            history?: {
                /** Format: date-time */
                at: string;
                what: string;
                of?: string;
                detail?: string;
            }[];
            refund: components["schemas"]["Refund"];
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail?: string;
            /** @description every wrong field at once, at most 50; detail has the number of the others */
            errors?: {
                pointer: string;
                detail: string;
            }[];
            doku?: {
                code?: string;
                message?: string;
                request_id: string;
            };
        };
    };
    responses: {
        /** @description kasir could not learn whether DOKU carried the request out. Send the same request again after Retry-After seconds. It is not carried out twice. An earlier repeat is 409 with Retry-After. */
        Processing: {
            headers: {
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    /** @enum {string} */
                    status: "processing";
                    last_answer?: components["schemas"]["LastAnswer"];
                };
            };
        };
        /** @description 400: the request is unreadable. 401: no valid token or signature. 403: the scope is missing. 404: it does not exist. 409: the state does not allow it; with Retry-After, the request is still running or its outcome is not known yet. 413: the body is too large. 431: the headers are too large. 422: fields are wrong, or DOKU refused. 5xx: a failure of kasir, AWS or DOKU */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        Invoice: string;
        /** @description the id, or ~ and its base64url without padding. The second form is for an id that a path cannot hold: an id with a slash or a question mark, an id that begins with ~, and the ids . and .. For example, a/b is ~YS9i. */
        Customer: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createpage: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the order if order.invoice_number is left out, and is not read otherwise */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PageRequest"];
            };
        };
        responses: {
            /** @description the same page. Without a page if the order is paid and its page has ended */
            200: {
                headers: {
                    "idempotent-replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            /** @description the page, or the next page after the first has ended */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            202: components["responses"]["Processing"];
            default: components["responses"]["Problem"];
        };
    };
    getpayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    capture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description if payment is left out, the whole authorised amount is captured */
                    payment?: {
                        /** Format: int64 */
                        capture_amount: number;
                    };
                };
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            202: components["responses"]["Processing"];
            default: components["responses"]["Problem"];
        };
    };
    refund: {
        parameters: {
            query?: never;
            header: {
                "Idempotency-Key": string;
            };
            path: {
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    refund: {
                        /** Format: int64 */
                        amount: number;
                    };
                    /**
                     * Format: int64
                     * @description the refundable amount that the caller expects. The first request of a key is refused if the refundable amount differs
                     */
                    expected_refundable?: number;
                };
            };
        };
        responses: {
            /** @description the same refund as before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refunded"];
                };
            };
            /** @description this refund and the payment */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refunded"];
                };
            };
            202: components["responses"]["Processing"];
            default: components["responses"]["Problem"];
        };
    };
    close: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description stays in the order for good. Do not write personal data into it. Text that may be a card's number or a key is masked */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    resolve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description capture, or a refund's id */
                    operation: string;
                    /** @enum {string} */
                    outcome: "done" | "refused";
                    /** @description stays in the order for good. Do not write personal data into it. Text that may be a card's number or a key is masked */
                    note: string;
                } | {
                    /** @description an id of conflicts */
                    conflict: string;
                    /** @enum {string} */
                    decision: "counts" | "none";
                    /** @description stays in the order for good. Do not write personal data into it. Text that may be a card's number or a key is masked */
                    note: string;
                };
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listtokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id, or ~ and its base64url without padding. The second form is for an id that a path cannot hold: an id with a slash or a question mark, an id that begins with ~, and the ids . and .. For example, a/b is ~YS9i. */
                customer_id: components["parameters"]["Customer"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the cards */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tokens: {
                            id: string;
                            masked?: string;
                            brand?: string;
                            issuer?: string;
                            expiry?: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    unbind: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id, or ~ and its base64url without padding. The second form is for an id that a path cannot hold: an id with a slash or a question mark, an id that begins with ~, and the ids . and .. For example, a/b is ~YS9i. */
                customer_id: components["parameters"]["Customer"];
                /** @description the id, or ~ and its base64url, as for customer_id */
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description forgotten */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "DELETE SUCCESS";
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    notify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
